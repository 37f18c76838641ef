use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use crate::shard::socket::Socket;

/// How long a server may take to end a session that has been closed. One that
/// is frozen never does, and must not keep its connections from being lent.
const LIMIT: Duration = Duration::from_millis(250);

/// A connection and its socket, by which it can be looked at and cut off. It
/// counts in a budget until its server, too, is done with it.
///
/// libpq says that it leaves and closes its socket; the server's process takes
/// a moment to notice and to end. In that moment a server would count one
/// session more than the budget has, were its place another's at once.
pub(in crate::shard) struct Attached<C> {
    /// There until it is dropped.
    connection: Option<C>,
    socket: Option<Arc<Socket>>,
    parting: Parting,
}

/// How a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shard) enum Parting {
    /// Nobody counts the sessions, or none is left behind.
    AtOnce,
    /// Only when the server has ended the session, within reason.
    Seen,
}

impl<C> Attached<C> {
    pub(in crate::shard) fn new(
        connection: C,
        socket: Option<Arc<Socket>>,
        parting: Parting,
    ) -> Self {
        Self { connection: Some(connection), socket, parting }
    }

    /// Its socket, where that could be found.
    pub(in crate::shard) fn socket(&self) -> Option<&Arc<Socket>> {
        self.socket.as_ref()
    }
}

impl<C> Deref for Attached<C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("it is there until it is dropped")
    }
}

impl<C> DerefMut for Attached<C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("it is there until it is dropped")
    }
}

impl<C> Drop for Attached<C> {
    fn drop(&mut self) {
        let counted = self.parting == Parting::Seen;
        let farewell = self.socket().filter(|_| counted).and_then(|socket| socket.farewell());
        self.connection = None;
        self.socket = None;
        if let Some(farewell) = farewell {
            farewell.wait(LIMIT);
        }
    }
}
