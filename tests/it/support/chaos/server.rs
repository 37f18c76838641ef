//! What can befall a server as a whole.

use std::thread;

use crate::support::pg::PgServer;

/// How a server goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// As an operator stops it: sessions are told, data written.
    Stopped,
    /// As a power cut does.
    Killed,
}

/// Kills every process of the server with `SIGKILL`; dropping the fault starts it again on its old
/// port and data, and returns when it is ready.
#[must_use = "the server starts again when this is dropped"]
pub(crate) fn kill(server: &PgServer) -> Killed<'_> {
    server.kill();
    Killed(server)
}

/// Stops every process of the server where it is (`SIGSTOP`); dropping the fault lets them go on.
#[must_use = "the server is thawed when this is dropped"]
pub(crate) fn freeze(server: &PgServer) -> Frozen<'_> {
    server.freeze();
    Frozen(server)
}

/// Takes the server down and brings it back at once.
pub(crate) fn restart(server: &PgServer, how: How) {
    match how {
        How::Stopped => server.stop(),
        How::Killed => server.kill(),
    }
    server.start_again();
}

/// A server that is down; see [`kill`].
#[derive(Debug)]
pub(crate) struct Killed<'a>(&'a PgServer);

/// A server that stands still; see [`freeze`].
#[derive(Debug)]
pub(crate) struct Frozen<'a>(&'a PgServer);

impl Drop for Killed<'_> {
    fn drop(&mut self) {
        // A second panic would hide the test's own, which has no use for the server any more.
        if !thread::panicking() {
            self.0.start_again();
        }
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.0.thaw();
    }
}
