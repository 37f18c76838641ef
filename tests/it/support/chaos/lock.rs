//! A table nobody can read or write.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use super::session::open;
use crate::support::pg::PgServer;

/// Waits for its turn and then holds `ACCESS EXCLUSIVE` on the table, so that every statement on it
/// takes as long as the fault lasts, or until its own time-out.
#[must_use = "the lock is given back when this is dropped"]
pub(crate) fn lock_table(server: &PgServer, table: &str) -> LockedTable {
    let mut session = open(server).expect("the server is up");
    let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
    session.batch_execute(&lock).unwrap_or_else(|why| panic!("{lock}: {why}"));
    LockedTable(session)
}

/// A table that is locked; see [`lock_table`].
pub(crate) struct LockedTable(PgConnection);

impl Drop for LockedTable {
    fn drop(&mut self) {
        // Should the server be gone, the lock is too.
        let _ = self.0.batch_execute("ROLLBACK");
    }
}
