//! Ports that stay a server's own while it is down.
//!
//! PostgreSQL cannot listen on port 0, and a server that starts again needs its old port. A port
//! from the kernel's range for outgoing connections may be gone by then: every client that connects
//! anywhere is given one of those. So ports are taken from below that range, where only those who
//! ask for a number get it, and a lock keeps the test processes from asking for the same.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use super::harness::Harness;

/// How many ports there are to choose from.
const SPAN: u16 = 4096;

/// A port on 127.0.0.1 that no other test process uses.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// Locked as long as the port is ours.
    _claim: File,
}

impl Port {
    /// A port for something that is no server, and yet keeps its port while nobody listens on it.
    pub(crate) fn free() -> Port {
        Port::claim(&Harness::get().base)
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// Claims a port that nobody listens on, with a lock file in `base`.
    ///
    /// A stranger can still be quicker than the server, which then fails to start; hence the caller
    /// tries again with another port.
    pub(super) fn claim(base: &Path) -> Port {
        let locks = base.join("ports");
        fs::create_dir_all(&locks).expect("the directory is ours");
        let first = first_port();
        let start = (RandomState::new().hash_one(first) % u64::from(SPAN)) as u16;
        (0..SPAN)
            .map(|i| first + (start + i) % SPAN)
            .find_map(|number| {
                let claim = File::create(locks.join(number.to_string())).ok()?;
                claim.try_lock().ok()?;
                TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
                Some(Port { number, _claim: claim })
            })
            .expect("one of 4096 ports is free")
    }
}

/// Right below the range for outgoing connections, or at 20000 if that leaves too little room.
fn first_port() -> u16 {
    fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
        .ok()
        .and_then(|range| range.split_whitespace().next()?.parse().ok())
        .and_then(|low: u16| low.checked_sub(SPAN))
        .filter(|&first| first >= 10_000)
        .unwrap_or(20_000)
}
