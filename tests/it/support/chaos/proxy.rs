//! A network between the service and a server that can be made to fail.

mod connection;
mod listener;

use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::process::until;
use crate::support::pg::{PgServer, Port};

/// What becomes of the bytes that come to a [`Proxy`], for connections already open as well as for
/// new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They are passed on.
    Forward,
    /// They are read and lost, as on a dropped route. What was lost stays lost, and what comes
    /// after a gap is not passed on either, as TCP would not; connections opened meanwhile stay
    /// silent for good.
    Swallow,
    /// Every chunk is passed on this much later.
    Delay(Duration),
    /// Open connections are closed and new ones refused.
    Refuse,
}

/// A TCP proxy in front of a server, which ends with this value.
#[derive(Debug)]
pub(crate) struct Proxy {
    mode: watch::Sender<Mode>,
    port: Port,
    /// Runs the proxy on a thread of its own.
    runtime: Option<Runtime>,
}

/// A network that fails; it forwards again when this is dropped.
#[derive(Debug)]
pub(crate) struct Failing<'a>(&'a Proxy);

impl Proxy {
    /// A proxy that forwards.
    pub(crate) fn before(server: &PgServer) -> Proxy {
        Proxy::to(server.port())
    }

    /// A proxy that forwards to a port of 127.0.0.1.
    pub(super) fn to(target: u16) -> Proxy {
        // A port that stays ours while nobody listens on it.
        let port = Port::free();
        let (mode, modes) = watch::channel(Mode::Forward);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.spawn(listener::run(port.number(), target, modes));
        let proxy = Proxy { mode, port, runtime: Some(runtime) };
        proxy.settle();
        proxy
    }

    /// Where it listens, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    /// Switches until further notice; returns when it holds for new connections.
    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
        self.settle();
    }

    /// Switches until the fault is dropped.
    #[must_use = "the network is well again when this is dropped"]
    pub(crate) fn fail(&self, mode: Mode) -> Failing<'_> {
        self.set(mode);
        Failing(self)
    }

    fn settle(&self) {
        let open = *self.mode.borrow() != Mode::Refuse;
        until("the proxy has switched", || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())).is_ok() == open
        });
    }
}

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        self.0.mode.send_replace(Mode::Forward);
        if !std::thread::panicking() {
            self.0.settle();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
