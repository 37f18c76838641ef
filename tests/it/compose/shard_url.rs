//! A shard's URL as Rocket.toml writes it, taken apart.

/// `postgres://user:${PASSWORD}@host:port/database?…`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShardUrl<'a> {
    pub(super) user: &'a str,
    /// The name of the variable.
    pub(super) password: &'a str,
    pub(super) host: &'a str,
    pub(super) port: &'a str,
    pub(super) database: &'a str,
}

impl<'a> ShardUrl<'a> {
    pub(super) fn parse(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("postgres://")?;
        let rest = rest.split('?').next()?;
        let (userinfo, place) = rest.split_once('@')?;
        let (user, password) = userinfo.split_once(':')?;
        let (host, database) = place.split_once('/')?;
        let (host, port) = host.split_once(':').unwrap_or((host, "5432"));
        Some(Self { user, password: variable(password)?, host, port, database })
    }
}

/// The name in `${NAME}`, `${NAME:?…}` or `${NAME?…}`, if the text is all of that.
pub(super) fn variable(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("${")?.strip_suffix('}')?;
    let name = inside.split([':', '?']).next()?;
    // A default would be a password in a file.
    let rest = inside[name.len()..].trim_start_matches(':');
    let plain = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    (plain && (rest.is_empty() || rest.starts_with('?'))).then_some(name)
}

#[test]
fn a_variable_is_a_variable_without_a_default() {
    for (text, name) in [
        ("${PW}", Some("PW")),
        ("${PW:?set PW}", Some("PW")),
        ("${PW?}", Some("PW")),
        ("${PW:-secret}", None),
        ("${PW-secret}", None),
        ("x${PW}", None),
        ("${}", None),
        ("secret", None),
    ] {
        assert_eq!(variable(text), name, "{text}");
    }
}
