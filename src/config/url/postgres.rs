use std::{borrow::Cow, net::IpAddr};

use percent_encoding::percent_decode_str;

use super::UrlError;

/// A `postgres://` URL: taken apart just far enough to hide its password, to
/// know which hosts it reaches and to add parameters it doesn't give itself.
/// libpq reads the text, and it is split here where libpq splits it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    /// The URL as libpq gets it, password and all.
    text: String,
    pub(super) user: String,
    pub(super) password: Option<String>,
    /// Hosts with their ports as given, before percent-decoding.
    pub(super) hosts: String,
    pub(super) database: String,
    /// Names decoded, as libpq decodes them; values as given.
    pub(super) parameters: Vec<(String, String)>,
}

impl PostgresUrl {
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        if !percents_are_escapes(text) {
            return Err(UrlError::Postgres(
                "a `%` is not followed by two hexadecimal digits; write the sign itself as %25",
            ));
        }
        let (_, rest) = text.split_once("://").ok_or(UrlError::Postgres("`://` is missing"))?;
        // What stands before the first `@`, if no `/` comes first, whatever else does.
        let (userinfo, rest) = match rest.find(['@', '/']).map(|at| rest.split_at(at)) {
            Some((userinfo, rest)) if rest.starts_with('@') => (userinfo, &rest[1..]),
            _ => ("", rest),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        if place.contains('@') {
            return Err(UrlError::Postgres(
                "there is more than one `@`; write the one in the password as %40 (and `/` as %2F)",
            ));
        }
        for host in hosts.split(',') {
            host_and_port(host)?;
        }
        let (user, password) = match userinfo.split_once(':') {
            Some((user, password)) => (user, Some(password.to_owned())),
            None => (userinfo, None),
        };
        Ok(Self {
            text: text.to_owned(),
            user: user.to_owned(),
            password,
            hosts: hosts.to_owned(),
            database: database.to_owned(),
            parameters: parameters(query)?,
        })
    }

    /// The URL as libpq takes it, **with its password**: for opening a connection alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Someone's words about this URL, such as libpq's, without the URL and
    /// its password.
    #[must_use]
    pub fn redact(&self, words: &str) -> String {
        let named = self.parameters.iter().filter(|(name, _)| !super::show::is_public(name));
        let secrets = self.password.iter().chain(named.map(|(_, value)| value));
        let mut words = words.replace(&self.text, "the URL");
        for secret in secrets {
            for spelling in [secret, &decode(secret)] {
                if !spelling.is_empty() {
                    words = words.replace(spelling, "***");
                }
            }
        }
        words
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
            None => self.hosts.split(',').map(|host| decode(&bare(host).0)).collect(),
        };
        if hosts.iter().any(String::is_empty) {
            hosts.extend(env("PGHOST"));
        }
        let addresses = self.parameter("hostaddr").map(Cow::into_owned).or(env("PGHOSTADDR"));
        hosts.extend(addresses.iter().flat_map(|list| list.split(',')).map(str::to_owned));
        hosts.into_iter().find(|host| !is_local(host))
    }

    /// The hosts before the path, each with its port, decoded; either may be empty.
    pub(super) fn hosts_and_ports(&self) -> Vec<(String, String)> {
        self.hosts.split(',').map(bare).map(|(host, port)| (decode(&host), port)).collect()
    }

    /// Hosts, ports and database: the same for two URLs of one database.
    pub(super) fn address(&self) -> (Vec<(String, String)>, String) {
        let port = |port: &str| if port.is_empty() { "5432".to_owned() } else { port.to_owned() };
        let database = if self.database.is_empty() { &self.user } else { &self.database };
        let hosts = self.hosts.split(',').map(bare);
        let mut hosts: Vec<_> =
            hosts.map(|(host, p)| (decode(&host).to_lowercase(), port(&p))).collect();
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

/// A host and its port that have been checked.
fn bare(text: &str) -> (String, String) {
    host_and_port(text).unwrap_or_default()
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !value.contains('=') => Ok((decode(name), value.to_owned())),
            Some(_) => Err(UrlError::Postgres(
                "a parameter has more than one `=`; write the one in its value as %3D",
            )),
            None => Err(UrlError::Postgres("a parameter has no `=`")),
        })
        .collect()
}

fn percents_are_escapes(text: &str) -> bool {
    let is_escape =
        |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    text.split('%').skip(1).all(is_escape)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> PostgresUrl {
        PostgresUrl::parse(url).expect("a good URL")
    }

    #[test]
    fn no_way_of_showing_it_shows_the_password() {
        let url = parse("postgres://me:hunter2@h/db?pass%77ord=hunter2&sslmode=disable&x=hunter2");
        for shown in [format!("{url}"), format!("{url:?}")] {
            assert_eq!(shown, "postgres://me:***@h/db?password=***&sslmode=disable&***");
        }
        // libpq ends the user at the first `@`, whatever stands before it.
        let odd = parse("postgres://localhost:1?hunter2=x@localhost/app");
        assert_eq!(odd.to_string(), "postgres://localhost:***@localhost/app");
        let error = PostgresUrl::parse("postgres://me:a@hunter2:x@h/db").expect_err("two @");
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn words_about_it_lose_the_password() {
        let url = parse("postgres://me:hunter%402@h/db?password=swordfish");
        let words = format!("bad {}: hunter%402, hunter@2, swordfish", url.expose());
        assert_eq!(url.redact(&words), "bad the URL: ***, ***, ***");
        assert!(PostgresUrl::parse("postgres://me:100%@h/db").is_err());
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
            ("postgres://localhost/db?ho%73t=10.0.0.5", "10.0.0.5"),
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
