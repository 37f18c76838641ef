use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(1);

/// The states in which the other side has not closed yet: established, and
/// closed here alone (Linux, `include/net/tcp_states.h`).
const NOT_CLOSED_THERE: [&str; 3] = ["01", "04", "05"];

/// Waits until the other side, too, has closed a connection that is being
/// closed here. Where the kernel keeps no table to see it in, it waits for nothing.
pub(in crate::shard) struct Farewell(String);

impl Farewell {
    /// To the connection between these ends.
    pub(in crate::shard) fn between(here: SocketAddr, there: SocketAddr) -> Self {
        Self(format!("{} {}", spelled(here), spelled(there)))
    }

    /// Waits until it is closed on both sides, or for so long. Blocks.
    pub(super) fn wait(&self, limit: Duration) {
        let end = Instant::now() + limit;
        while self.is_open_there() && Instant::now() < end {
            pause();
        }
    }

    fn is_open_there(&self) -> bool {
        let read = |file| fs::read_to_string(file).unwrap_or_default();
        let table = read("/proc/self/net/tcp") + &read("/proc/self/net/tcp6");
        let state = table.lines().find_map(|line| {
            let (_, ends_and_state) = line.split_once(": ")?;
            ends_and_state.strip_prefix(self.0.as_str())?.split_whitespace().next()
        });
        state.is_some_and(|state| NOT_CLOSED_THERE.contains(&state))
    }
}

/// An end of a connection as the kernel's table has it: words of four bytes in
/// the machine's own order, in hexadecimal.
fn spelled(end: SocketAddr) -> String {
    let octets = match end {
        SocketAddr::V4(end) => end.ip().octets().to_vec(),
        SocketAddr::V6(end) => end.ip().octets().to_vec(),
    };
    let word = |four: &[u8]| four.try_into().map_or(0, u32::from_ne_bytes);
    let words: String = octets.chunks(4).map(|four| format!("{:08X}", word(four))).collect();
    format!("{words}:{:04X}", end.port())
}

#[expect(clippy::disallowed_methods, reason = "on a blocking thread, for a bounded time")]
fn pause() {
    std::thread::sleep(PAUSE);
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        net::{TcpListener, TcpStream},
        thread,
    };

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    /// A connection of ours, the server's end of it, and the farewell to it.
    fn connected(address: &str) -> (TcpStream, TcpStream, Farewell) {
        let server = TcpListener::bind(address).expect("a free port");
        let ours =
            TcpStream::connect(server.local_addr().expect("it is bound")).expect("it listens");
        let ends = (ours.local_addr().expect("bound"), ours.peer_addr().expect("connected"));
        (ours, server.accept().expect("it has connected").0, Farewell::between(ends.0, ends.1))
    }

    #[test]
    fn it_waits_until_the_other_side_has_closed_too() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let (ours, mut theirs, farewell) = connected(address);
            assert!(farewell.is_open_there());
            let (closed, told) = std::sync::mpsc::channel();
            drop(ours);
            let waiting = thread::spawn(move || {
                farewell.wait(LONG);
                told.try_recv().is_ok()
            });
            theirs.read_exact(&mut [0]).expect_err("it has been closed");
            closed.send(()).expect("it is waited for");
            drop(theirs);
            assert!(waiting.join().expect("no panic"), "it did not wait");
        }
    }

    #[test]
    fn it_does_not_wait_for_ever() {
        let (ours, theirs, farewell) = connected("127.0.0.1:0");
        drop(ours);
        farewell.wait(Duration::from_millis(20));
        assert!(farewell.is_open_there());
        drop(theirs);
    }

    #[test]
    fn another_connections_end_is_no_concern_of_its() {
        let (_ours, _theirs, other) = connected("127.0.0.1:0");
        let (ours, theirs, farewell) = connected("127.0.0.1:0");
        drop(theirs);
        drop(ours);
        let asked = Instant::now();
        farewell.wait(LONG);
        assert!(asked.elapsed() < LONG, "it waited for another's");
        assert!(other.is_open_there());
    }
}
