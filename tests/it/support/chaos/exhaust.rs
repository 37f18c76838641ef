//! Somebody else takes every connection a server has.

use diesel::PgConnection;

use super::session::{Onlooker, open};
use crate::process::until;
use crate::support::pg::PgServer;

/// Takes every connection of the server, those of the service included: its sessions are ended,
/// and it gets no new one until the fault is dropped.
///
/// Choose a small `max_connections` for the server (see `PgServer::builder`): each of them is a
/// process.
#[must_use = "the connections are given back when this is dropped"]
pub(crate) fn exhaust(server: &PgServer) -> Exhausted {
    let mut onlooker = Onlooker::at(server);
    let mut taken = Vec::new();
    until("nobody else has a connection", || {
        while let Ok(session) = open(server) {
            taken.push(session);
        }
        let strangers = onlooker.strangers();
        onlooker.end_strangers();
        strangers == 0 && open(server).is_err()
    });
    Exhausted { _taken: taken, _onlooker: onlooker }
}

/// A server without a connection to spare; see [`exhaust`].
pub(crate) struct Exhausted {
    _taken: Vec<PgConnection>,
    _onlooker: Onlooker,
}
