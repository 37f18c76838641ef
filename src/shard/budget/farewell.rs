use std::{
    collections::HashSet,
    fs,
    time::{Duration, Instant},
};

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(1);

/// The states of a socket in the kernel's table (Linux, `include/net/tcp_states.h`).
const ESTABLISHED: &str = "01";
/// Closed here, and not yet by the other side.
const FIN_WAIT: [&str; 2] = ["04", "05"];

/// Waits until the other side, too, has closed the connection that is about to
/// be closed here.
///
/// libpq keeps its socket to itself, so the kernel's table is read instead:
/// what was established before and now waits for the other side's end. Where
/// there is no such table, or the connection is a Unix socket, it waits for nothing.
pub(super) struct Farewell(HashSet<String>);

impl Farewell {
    /// Notes the connections there are.
    pub(super) fn before() -> Self {
        Self(sockets(&table(), &[ESTABLISHED]))
    }

    /// Waits until none of them is half closed, or for so long. Blocks.
    pub(super) fn wait(&self, limit: Duration) {
        let end = Instant::now() + limit;
        let half_closed = |table: &str| sockets(table, &FIN_WAIT).intersection(&self.0).count();
        while half_closed(&table()) > 0 && Instant::now() < end {
            pause();
        }
    }
}

/// The kernel's table of this machine's TCP sockets, or of this container's.
fn table() -> String {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    read("/proc/self/net/tcp") + &read("/proc/self/net/tcp6")
}

/// The ends of the sockets in these states.
fn sockets(table: &str, states: &[&str]) -> HashSet<String> {
    let ends = |line: &str| {
        let mut columns = line.split_whitespace().skip(1);
        let (local, remote, state) = (columns.next()?, columns.next()?, columns.next()?);
        states.contains(&state).then(|| format!("{local} {remote}"))
    };
    table.lines().filter_map(ends).collect()
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

    /// A connection of ours and the server's end of it.
    fn connected() -> (TcpStream, TcpStream) {
        let server = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let client = TcpStream::connect(server.local_addr().expect("it is bound"));
        (client.expect("it listens"), server.accept().expect("it has connected").0)
    }

    #[test]
    fn it_waits_until_the_other_side_has_closed_too() {
        let (ours, mut theirs) = connected();
        let (closed, told) = std::sync::mpsc::channel();
        let farewell = Farewell::before();
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

    #[test]
    fn it_does_not_wait_for_ever() {
        let (ours, theirs) = connected();
        let farewell = Farewell::before();
        drop(ours);
        farewell.wait(Duration::from_millis(20));
        drop(theirs);
    }

    #[test]
    fn what_closed_before_is_no_concern_of_its() {
        let (ours, theirs) = connected();
        drop(ours);
        let asked = Instant::now();
        Farewell::before().wait(LONG);
        assert!(asked.elapsed() < LONG, "it waited for another's");
        drop(theirs);
    }
}
