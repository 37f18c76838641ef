use std::{borrow::Cow, fmt, net::IpAddr};

use percent_encoding::percent_decode_str;

use super::UrlError;

/// A `postgres://` URL: taken apart just far enough to hide its password, to
/// know which hosts it reaches and to add parameters it doesn't give itself.
/// libpq reads the text; nothing here second-guesses it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    /// The URL as libpq gets it, password and all.
    text: String,
    /// Hosts as given, before percent-decoding, ports cut off; empty for the default socket.
    hosts: Vec<(String, String)>,
    user: String,
    database: String,
    parameters: Vec<(String, String)>,
}

impl PostgresUrl {
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        let (_, rest) = text.split_once("://").ok_or(UrlError::Postgres("`://` is missing"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (userinfo, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        if userinfo.contains('@') || database.contains('@') {
            return Err(UrlError::Postgres(
                "there is more than one `@`; write the one in the password as %40 (and `/` as %2F)",
            ));
        }
        let hosts = hosts.split(',').map(host_and_port).collect::<Result<_, _>>()?;
        let parameters = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                None => Err(UrlError::Postgres("a parameter has no `=`")),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            hosts,
            user: userinfo.split(':').next().unwrap_or_default().to_owned(),
            database: database.to_owned(),
            parameters,
        })
    }

    /// The URL as libpq takes it, **with its password**: for opening a connection alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// A parameter behind the `?`, percent-decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy())
    }

    /// The URL with these parameters added where it doesn't give them itself.
    #[must_use]
    pub fn with_defaults<'a>(
        &self,
        defaults: impl IntoIterator<Item = (&'a str, String)>,
    ) -> String {
        let mut text = self.text.clone();
        let mut separator = if self.text.contains('?') { '&' } else { '?' };
        for (name, value) in defaults {
            if self.parameter(name).is_none() {
                text.push(separator);
                text.push_str(name);
                text.push('=');
                text.push_str(&value);
                separator = '&';
            }
        }
        text
    }

    /// The first host outside this machine that it may reach, with everything
    /// libpq would look at: the URL's hosts, its `host` and `hostaddr`, a
    /// `service`, and the `PG…` variables that fill in what the URL leaves out.
    #[must_use]
    pub fn remote_host(&self, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        if let Some(service) = self.parameter("service").map(Cow::into_owned).or(env("PGSERVICE")) {
            return Some(format!("whatever the service `{service}` names"));
        }
        let mut hosts: Vec<String> = match self.parameter("host") {
            Some(list) => list.split(',').map(str::to_owned).collect(),
            None => self.hosts.iter().map(|(host, _)| decode(host)).collect(),
        };
        if hosts.iter().any(String::is_empty) {
            hosts.extend(env("PGHOST"));
        }
        let addresses = self.parameter("hostaddr").map(Cow::into_owned).or(env("PGHOSTADDR"));
        hosts.extend(addresses.iter().flat_map(|list| list.split(',')).map(str::to_owned));
        hosts.into_iter().find(|host| !is_local(host))
    }

    /// Hosts, ports and database: the same for two URLs of one database.
    pub(super) fn address(&self) -> (Vec<(String, String)>, String) {
        let port = |port: &str| if port.is_empty() { "5432".to_owned() } else { port.to_owned() };
        let database = if self.database.is_empty() { &self.user } else { &self.database };
        let mut hosts: Vec<_> =
            self.hosts.iter().map(|(host, p)| (decode(host).to_lowercase(), port(p))).collect();
        for name in ["host", "hostaddr", "port", "dbname"] {
            hosts.extend(self.parameter(name).map(|value| (name.to_owned(), value.into_owned())));
        }
        (hosts, decode(database))
    }
}

fn host_and_port(text: &str) -> Result<(String, String), UrlError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(ip6) => {
            let (host, rest) = ip6.split_once(']').ok_or(UrlError::Postgres("a `[` has no `]`"))?;
            (host, rest.strip_prefix(':').unwrap_or_default())
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    if port.is_empty() || port.parse::<u16>().is_ok_and(|port| port != 0) {
        Ok((host.to_owned(), port.to_owned()))
    } else {
        Err(UrlError::Postgres(
            "the port is not a number from 1 to 65535 (is there a `:` or `/` in the password? \
             Write them as %3A and %2F)",
        ))
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A Unix socket (a path, an abstract name or the default one) or a loopback address.
fn is_local(host: &str) -> bool {
    host.is_empty()
        || host.starts_with(['/', '@'])
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.text.split_once("://").unwrap_or(("postgres", ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let (userinfo, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        write!(f, "{scheme}://")?;
        if let Some((user, _password)) = userinfo.split_once(':') {
            write!(f, "{user}:***@")?;
        } else if !userinfo.is_empty() {
            write!(f, "{userinfo}@")?;
        }
        f.write_str(place)?;
        for (i, (name, value)) in self.parameters.iter().enumerate() {
            let value = if name.contains("password") { "***" } else { value };
            write!(f, "{}{name}={value}", if i == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> PostgresUrl {
        PostgresUrl::parse(url).expect("a good URL")
    }

    #[test]
    fn no_way_of_showing_it_shows_the_password() {
        let url = parse("postgres://me:hunter2@h/db?password=hunter2&sslpassword=hunter2&a=b");
        for shown in [format!("{url}"), format!("{url:?}")] {
            assert_eq!(shown, "postgres://me:***@h/db?password=***&sslpassword=***&a=b");
        }
        let error = PostgresUrl::parse("postgres://me:a@hunter2:x@h/db").expect_err("two @");
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn every_way_off_this_machine_is_seen() {
        let nothing = |_: &str| None;
        let remote = |url: &str| parse(url).remote_host(&nothing);
        for local in [
            "postgres://me@localhost/db",
            "postgres://me@127.8.9.1:5433/db",
            "postgres://me@[::1]:5433/db",
            "postgres:///db",
            "postgres://%2Fvar%2Frun/db",
            "postgres:///db?host=/var/run",
            "postgres://localhost,127.0.0.1/db",
        ] {
            assert_eq!(remote(local), None, "{local}");
        }
        for (url, host) in [
            ("postgres://me@db.example/db", "db.example"),
            ("postgres://localhost,10.0.0.1:5433/db", "10.0.0.1"),
            ("postgres://localhost/db?hostaddr=10.0.0.2", "10.0.0.2"),
            ("postgres:///db?host=10.0.0.3", "10.0.0.3"),
            ("postgres://localhost.example/db", "localhost.example"),
            ("postgres:///?service=prod", "whatever the service `prod` names"),
        ] {
            assert_eq!(remote(url).as_deref(), Some(host), "{url}");
        }
        let env = |name: &str| (name == "PGHOST").then(|| "10.0.0.4".to_owned());
        assert_eq!(parse("postgres:///db").remote_host(&env).as_deref(), Some("10.0.0.4"));
    }

    #[test]
    fn defaults_never_replace_what_the_url_gives() {
        let defaults = || [("connect_timeout", "3".to_owned()), ("keepalives", "1".to_owned())];
        assert_eq!(
            parse("postgres://h/db?connect_timeout=9").with_defaults(defaults()),
            "postgres://h/db?connect_timeout=9&keepalives=1"
        );
        assert_eq!(
            parse("postgres://h/db").with_defaults(defaults()),
            "postgres://h/db?connect_timeout=3&keepalives=1"
        );
    }
}
