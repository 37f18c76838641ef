use std::time::Duration;

use diesel::{
    Connection, ConnectionError, ConnectionResult, PgConnection, QueryResult,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::Error,
};

use super::{Connect, Session, connect::wrong_backend};
use crate::config::{Backend, DatabaseUrl, PostgresUrl};

impl Connect for PgConnection {
    fn reaches(backend: Backend) -> bool {
        backend == Backend::Postgres
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that opens Postgres connections")]
    fn open(url: &DatabaseUrl, session: &Session) -> ConnectionResult<Self> {
        let DatabaseUrl::Postgres(url) = url else { return Err(wrong_backend(url)) };
        // libpq quotes the URL in some of its complaints.
        let unquoted = |error: ConnectionError| match error {
            ConnectionError::BadConnection(words) => {
                ConnectionError::BadConnection(url.redact(&words))
            }
            other => other,
        };
        let mut connection = Self::establish(&with_session(url, session)).map_err(unquoted)?;
        connection
            .batch_execute(&settings(session))
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        // Some systems have no way to look, and refuse: then the time-out above must do.
        let _ = connection.batch_execute(NOTICE_THE_END);
        Ok(connection)
    }

    fn limit_statements(&mut self, limit: Duration) -> QueryResult<()> {
        self.batch_execute(&statement_timeout(limit))
    }

    fn write<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        AnsiTransactionManager::begin_transaction(self)?;
        match f(self) {
            Ok(value) => commit(self).map(|()| value),
            Err(error) => Err(roll_back(self, error)),
        }
    }

    /// A statement by itself is committed when it is answered.
    fn write_at_once<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        f(self)
    }
}

/// Commits, or says that it could not. Postgres answers the `COMMIT` of a
/// transaction in which a statement failed, and whoever sent it went on, by
/// rolling back without a word; the empty `SELECT` before it, in the same round
/// trip, fails there.
pub(super) fn commit(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SELECT; COMMIT").map_err(|error| roll_back(conn, error))
}

/// What the caller needs to know is why; a rollback that fails too has lost the
/// connection, and the pool will see so.
fn roll_back(conn: &mut PgConnection, why: Error) -> Error {
    let _ = AnsiTransactionManager::rollback_transaction(conn);
    why
}

/// What libpq must know before there is a session. A server that takes the
/// connection and then falls silent is noticed by the user time-out (data sent
/// and not acknowledged) and the keepalives (nothing sent at all).
fn with_session(url: &PostgresUrl, session: &Session) -> String {
    let seconds = |time: Duration| time.as_secs_f64().ceil().max(1.0).to_string();
    let mut defaults = vec![
        ("connect_timeout", seconds(session.connect_timeout)),
        ("tcp_user_timeout", session.connect_timeout.as_millis().to_string()),
        ("keepalives", "1".to_owned()),
        ("keepalives_idle", "2".to_owned()),
        ("keepalives_interval", "1".to_owned()),
        ("keepalives_count", "3".to_owned()),
        ("application_name", "shardwright".to_owned()),
    ];
    let env = |name: &str| std::env::var(name).ok();
    if cfg!(feature = "tls") && url.remote_host(&env).is_some() {
        // libpq's own default would fall back to clear text without a word.
        defaults.push(("sslmode", "require".to_owned()));
    }
    let mut url = url.with_defaults(defaults);
    if let Some(mark) = session.mark {
        // Of two, libpq takes the later.
        url.push_str(&format!("&tcp_user_timeout={}", mark.millis()));
    }
    url
}

/// Diesel itself sets UTC and UTF-8. Set by statement rather than in the URL, whose `options` poolers refuse.
fn settings(session: &Session) -> String {
    let mut sql = "SET client_min_messages = warning;".to_owned();
    if let Some(limit) = session.statement_timeout {
        sql.push_str(&statement_timeout(limit));
        let millis = limit.as_millis().max(1);
        sql.push_str(&format!("SET idle_in_transaction_session_timeout = {millis};"));
    }
    sql
}

/// Nought would mean no limit.
fn statement_timeout(limit: Duration) -> String {
    format!("SET statement_timeout = {};", limit.as_millis().max(1))
}

/// A connection that is cut, or a process of ours that is killed, leaves its
/// statement running until the server next has something to say. From version
/// 14 on it can be told to look.
const NOTICE_THE_END: &str = "
    SELECT set_config('client_connection_check_interval', '250ms', false)
    WHERE current_setting('client_connection_check_interval', true) IS NOT NULL";
