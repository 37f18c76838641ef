//! A Postgres URL as people may see it.

use std::fmt;

use super::PostgresUrl;

/// The parameters of libpq whose values may be shown. Any other is taken for a
/// secret: there are more of those than `password`, and new ones come.
const PUBLIC: [&str; 26] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "port",
    "require_auth",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];
/// Secrets whose names, at least, are none.
const NAMED: [&str; 2] = ["password", "sslpassword"];

pub(super) fn is_public(parameter: &str) -> bool {
    PUBLIC.contains(&parameter)
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        match (&self.user, &self.password) {
            (user, Some(_)) => write!(f, "{user}:***@")?,
            (user, None) if user.is_empty() => {}
            (user, None) => write!(f, "{user}@")?,
        }
        f.write_str(&self.hosts)?;
        if !self.database.is_empty() {
            write!(f, "/{}", self.database)?;
        }
        for (i, (name, value)) in self.parameters.iter().enumerate() {
            f.write_str(if i == 0 { "?" } else { "&" })?;
            match name.as_str() {
                name if is_public(name) => write!(f, "{name}={value}")?,
                name if NAMED.contains(&name) => write!(f, "{name}=***")?,
                _ => f.write_str("***")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
