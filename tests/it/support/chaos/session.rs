//! Connections of the tests' own, which no setting of the service touches.

use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::process::until;
use crate::support::pg::PgServer;

/// What tells our sessions from the service's in `pg_stat_activity`.
pub(super) const NAME: &str = "chaos";

/// A new session on the server.
#[expect(clippy::disallowed_methods, reason = "no session of the service is wanted here")]
pub(super) fn open(server: &PgServer) -> diesel::ConnectionResult<PgConnection> {
    let url = format!("{}?application_name={NAME}&connect_timeout=5", server.url());
    PgConnection::establish(&url)
}

/// Somebody with a session on the server since before the fault, who can look at it even when
/// nobody else gets in.
pub(crate) struct Onlooker(PgConnection);

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl Onlooker {
    /// Looks at a server that is up.
    pub(crate) fn at(server: &PgServer) -> Onlooker {
        Onlooker(open(server).expect("the server is up"))
    }

    /// Looks at a server as soon as it takes connections and answers on one; says when that was.
    #[track_caller]
    pub(crate) fn as_soon_as_possible(server: &PgServer) -> (Onlooker, Instant) {
        let mut found = None;
        until("the server takes connections", || {
            found = open(server).ok().map(Onlooker);
            found.as_mut().is_some_and(|onlooker| onlooker.ask("SELECT 1::bigint AS n").is_ok())
        });
        (found.expect("it was found"), Instant::now())
    }

    /// How many sessions the service has here.
    pub(crate) fn sessions(&mut self) -> usize {
        self.count("application_name = 'shardwright'")
    }

    /// How many of them wait for a lock.
    pub(crate) fn waiting(&mut self) -> usize {
        self.count("application_name = 'shardwright' AND wait_event_type = 'Lock'")
    }

    /// How many of them have been at one statement, or in one transaction, for longer than this.
    pub(crate) fn busy_for(&mut self, long: Duration) -> usize {
        let ms = long.as_millis();
        self.count(&format!(
            "application_name = 'shardwright' AND state <> 'idle' AND \
             least(xact_start, query_start) < clock_timestamp() - interval '{ms} ms'"
        ))
    }

    /// How many sessions there are beside those of the tests.
    pub(super) fn strangers(&mut self) -> usize {
        self.count(&format!("application_name <> '{NAME}'"))
    }

    /// Ends every session beside those of the tests.
    pub(super) fn end_strangers(&mut self) {
        self.count(&format!("application_name <> '{NAME}' AND pg_terminate_backend(pid)"));
    }

    fn count(&mut self, condition: &str) -> usize {
        let sql = format!(
            "SELECT count(*) AS n FROM pg_stat_activity \
             WHERE backend_type = 'client backend' AND {condition}"
        );
        let n = self.ask(&sql).unwrap_or_else(|why| panic!("{sql}: {why}"));
        usize::try_from(n).expect("a count")
    }

    fn ask(&mut self, sql: &str) -> diesel::QueryResult<i64> {
        sql_query(sql).get_result::<Number>(&mut self.0).map(|row| row.n)
    }
}
