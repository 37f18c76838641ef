use std::path::{Path, PathBuf};

use super::{DatabaseUrl, PostgresUrl};

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A host and its port.
    Tcp(String, u16),
    /// A socket file.
    Unix(PathBuf),
}

impl PostgresUrl {
    /// Where libpq would look for the server, in its order; `None` if the URL
    /// leaves that to the environment.
    #[must_use]
    pub fn endpoints(&self) -> Option<Vec<Endpoint>> {
        if self.parameter("service").is_some() {
            return None;
        }
        let (hosts, ports): (Vec<_>, Vec<_>) = self.hosts_and_ports().into_iter().unzip();
        let list = |name| {
            let given = self.parameter(name)?;
            Some(given.split(',').map(str::to_owned).collect::<Vec<_>>())
        };
        let ports = list("port").unwrap_or(ports);
        let hosts = list("hostaddr").or(list("host")).unwrap_or(hosts);
        let port = |i: usize| match ports.get(i).or(ports.last()).map_or("", String::as_str) {
            "" => Some(5432),
            port => port.parse().ok(),
        };
        let endpoint = |(i, host): (usize, String)| match host.as_str() {
            "" => None,
            // An abstract socket has no path.
            name if name.starts_with('@') => None,
            folder if folder.starts_with('/') => {
                Some(Endpoint::Unix(Path::new(folder).join(format!(".s.PGSQL.{}", port(i)?))))
            }
            _ => Some(Endpoint::Tcp(host, port(i)?)),
        };
        hosts.into_iter().enumerate().map(endpoint).collect()
    }
}

impl DatabaseUrl {
    /// Whether it may be reached over TCP.
    #[must_use]
    pub fn may_be_remote(&self) -> bool {
        let is_tcp = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Tcp(..));
        match self {
            Self::Postgres(url) => url.endpoints().is_none_or(|all| all.iter().any(is_tcp)),
            Self::Sqlite(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(url: &str) -> Option<Vec<Endpoint>> {
        PostgresUrl::parse(url).expect("a good URL").endpoints()
    }

    #[test]
    fn they_are_where_libpq_looks() {
        let tcp = |host: &str, port| Endpoint::Tcp(host.to_owned(), port);
        let unix = |path: &str| Endpoint::Unix(PathBuf::from(path));
        for (url, expected) in [
            ("postgres://me:secret@db.example/app", vec![tcp("db.example", 5432)]),
            ("postgres://a:1,b:2/app", vec![tcp("a", 1), tcp("b", 2)]),
            ("postgres://[::1]:5433/app", vec![tcp("::1", 5433)]),
            ("postgres://db/app?hostaddr=10.0.0.1&port=6000", vec![tcp("10.0.0.1", 6000)]),
            ("postgres:///app?host=/run/pg&port=5433", vec![unix("/run/pg/.s.PGSQL.5433")]),
            ("postgres://%2Frun%2Fpg:5433/app", vec![unix("/run/pg/.s.PGSQL.5433")]),
            ("postgres:///app?host=a,b&port=7", vec![tcp("a", 7), tcp("b", 7)]),
        ] {
            assert_eq!(endpoints(url), Some(expected), "{url}");
        }
        assert_eq!(endpoints("postgres:///app"), None);
        assert_eq!(endpoints("postgres:///app?service=prod"), None);
    }
}
