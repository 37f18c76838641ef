use std::{
    fs,
    os::fd::{BorrowedFd, OwnedFd, RawFd},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rustix::{
    io::Errno,
    net::{RecvFlags, Shutdown, getpeername, getsockname, recv, shutdown},
};

use super::budget::Farewell;

/// What a connection's socket is known by while it is being opened: a user
/// time-out that no other socket of this process has.
///
/// Diesel hands out neither libpq's connection nor its file descriptor, and
/// without that nobody can end a call whose server has fallen silent. But libpq
/// sets options on the socket that we choose, and the kernel tells them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketMark(u32);

/// A second handle on a connection's socket. Holding it keeps the connection
/// neither open nor alive: it only lets others look at it and cut it off.
#[derive(Debug)]
pub(super) struct Socket(OwnedFd);

/// How many sockets may be in the making at a time before two share a mark.
const MARKS: u32 = 1_000;
/// Marks lie between the round numbers that settled time-outs are.
const STEP: u32 = 10;

impl SocketMark {
    /// A mark that works as a user time-out of at least `base` until it is replaced.
    pub(super) fn new(base: Duration) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % MARKS;
        Self(settled(base).saturating_add(turn * STEP + 1))
    }

    /// The user time-out it is, in milliseconds.
    #[cfg(feature = "postgres")]
    pub(super) fn millis(self) -> u32 {
        self.0
    }
}

impl Socket {
    /// The socket with this mark, if this process has exactly one: a Postgres
    /// connection over TCP on Linux. The others can't be told apart, and must
    /// do with the time-outs that the driver and the kernel keep.
    ///
    /// For the thread that opened it, and so keeps it open.
    pub(super) fn find(mark: SocketMark) -> Option<Self> {
        let mut found = marked(mark);
        let only = found.next().filter(|_| found.next().is_none())?;
        only.try_clone_to_owned().ok().map(Self)
    }

    /// Ends the connection with this mark at once, if it has got as far as to
    /// have a socket.
    pub(super) fn cut_marked(mark: SocketMark) {
        // Through no second descriptor: the number may be a file's by now, and closing
        // one of those would drop the locks that SQLite has on it.
        for socket in marked(mark) {
            let _ = shutdown(socket, Shutdown::Both);
        }
    }

    /// Takes the mark off again.
    pub(super) fn settle(&self, user_timeout: Duration) {
        user_timeout::set(&self.0, settled(user_timeout));
    }

    /// Ends the connection at once, whoever waits for it: they get an error.
    pub(super) fn cut(&self) {
        // One that is closed already is as cut as can be.
        let _ = shutdown(&self.0, Shutdown::Both);
    }

    /// By which its end can be awaited; `None` where it has no such ends.
    pub(super) fn farewell(&self) -> Option<Farewell> {
        let here = getsockname(&self.0).ok()?.try_into().ok()?;
        let there = getpeername(&self.0).ok()??.try_into().ok()?;
        Some(Farewell::between(here, there))
    }

    /// Whether nothing has come in unasked. A server that ended the session has
    /// left at least the end of the stream.
    pub(super) fn is_quiet(&self) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        recv(&self.0, &mut [0_u8; 1], flags) == Err(Errno::AGAIN)
    }
}

fn settled(user_timeout: Duration) -> u32 {
    let millis = u32::try_from(user_timeout.as_millis()).unwrap_or(u32::MAX / 2);
    millis.next_multiple_of(STEP)
}

/// This process's sockets with the mark.
fn marked(mark: SocketMark) -> impl Iterator<Item = BorrowedFd<'static>> {
    let listed = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let numbers = listed.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.map(borrow).filter(move |socket| user_timeout::get(socket) == Some(mark.0))
}

#[expect(unsafe_code, reason = "the number of a descriptor is all that the system tells us")]
fn borrow(number: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the number has just been listed, so it is not -1. Whoever owns it may
    // close it at any time, and the number may be another's by the next call; so
    // nothing is done with it but to ask the kernel for an option that sockets of ours
    // alone have, and to shut down or duplicate one that has it. The worst that can
    // come of it is that another socket is shut down, whose owner then gets an error.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// The option that sockets are marked with, which only Linux has; elsewhere none
/// is ever found.
#[cfg(target_os = "linux")]
mod user_timeout {
    use std::os::fd::AsFd;

    use rustix::net::sockopt;

    pub(super) fn get(socket: impl AsFd) -> Option<u32> {
        sockopt::tcp_user_timeout(socket).ok()
    }

    pub(super) fn set(socket: impl AsFd, millis: u32) {
        // It has one already, only longer.
        let _ = sockopt::set_tcp_user_timeout(socket, millis);
    }
}

#[cfg(not(target_os = "linux"))]
mod user_timeout {
    use std::os::fd::AsFd;

    pub(super) fn get(_: impl AsFd) -> Option<u32> {
        None
    }

    pub(super) fn set(_: impl AsFd, _: u32) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        io::{Read, Write},
        net::{TcpListener, TcpStream},
    };

    use rustix::net::sockopt;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let near = TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
        (near, listener.accept().expect("someone connected").0)
    }

    fn mark(stream: &TcpStream) -> SocketMark {
        let mark = SocketMark::new(Duration::from_secs(3));
        sockopt::set_tcp_user_timeout(stream, mark.millis()).expect("a TCP socket");
        mark
    }

    #[test]
    fn a_socket_is_found_by_its_mark_and_by_no_other() {
        let (near, _far) = pair();
        let mark = mark(&near);
        let socket = Socket::find(mark).expect("it is there");
        assert!(Socket::find(SocketMark::new(Duration::from_secs(3))).is_none());
        socket.settle(Duration::from_millis(2_995));
        assert_eq!(sockopt::tcp_user_timeout(&near), Ok(3_000));
        assert!(Socket::find(mark).is_none(), "the mark is off");
    }

    #[test]
    fn one_that_is_being_opened_is_cut_by_its_mark() {
        let (mut near, _far) = pair();
        let mark = mark(&near);
        Socket::cut_marked(SocketMark::new(Duration::from_secs(3)));
        near.set_nonblocking(true).expect("it is open");
        assert!(near.read(&mut [0; 1]).is_err(), "another's mark");
        near.set_nonblocking(false).expect("it is open");
        Socket::cut_marked(mark);
        assert_eq!(near.read(&mut [0; 1]).expect("the end of the stream"), 0);
    }

    /// A process has its locks on a file until it closes any descriptor of it.
    #[test]
    fn looking_for_a_socket_leaves_the_locks_on_files() {
        use std::os::{fd::AsFd, unix::fs::MetadataExt};

        use rustix::fs::{FlockOperation, fcntl_lock};

        let file = tempfile::tempfile().expect("a temporary file");
        fcntl_lock(file.as_fd(), FlockOperation::NonBlockingLockExclusive).expect("it is ours");
        let inode = format!(":{} ", file.metadata().expect("it is open").ino());
        let locked = || fs::read_to_string("/proc/locks").expect("Linux").contains(&inode);
        assert!(locked());
        let (near, _far) = pair();
        let mark = mark(&near);
        assert!(Socket::find(mark).is_some());
        Socket::cut_marked(mark);
        assert!(locked(), "SQLite would lose its own like this");
    }

    #[test]
    fn a_cut_ends_whoever_waits() {
        let (mut near, _far) = pair();
        let socket = Socket::find(mark(&near)).expect("it is there");
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| near.read(&mut [0; 1]));
            socket.cut();
            assert_eq!(reader.join().expect("no panic").expect("the end of the stream"), 0);
        });
    }

    #[test]
    fn only_a_socket_with_nothing_to_read_is_quiet() {
        let (near, mut far) = pair();
        let socket = Socket::find(mark(&near)).expect("it is there");
        assert!(socket.is_quiet());
        far.write_all(b"!").expect("it is open");
        let _ = near.peek(&mut [0; 1]);
        assert!(!socket.is_quiet(), "there is something to read");
        drop(far);
        let _ = (&near).read(&mut [0; 1]);
        assert!(!socket.is_quiet(), "it was closed");
    }
}
