//! The proxy, before something that says back what it is told.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::support::chaos::{Mode, Proxy};

/// Long enough for a byte to go round, and short enough to wait in vain for.
const MOMENT: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy before a listener that echoes, for as long as the test's process lives.
fn proxy() -> Proxy {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut to = client.try_clone().expect("a socket can be had twice");
                std::io::copy(&mut &client, &mut to)
            });
        }
    });
    Proxy::to(port)
}

fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).expect("the proxy listens")
}

/// What comes back for a byte within `limit`: itself, the end, or nothing.
fn say(mut socket: &TcpStream, byte: u8, limit: Duration) -> Option<Vec<u8>> {
    socket.set_read_timeout(Some(limit)).expect("not zero");
    // A connection that is gone shows when it is read from.
    let _ = socket.write_all(&[byte]);
    let mut heard = [0; 8];
    match socket.read(&mut heard) {
        Ok(n) => Some(heard[..n].to_vec()),
        Err(why) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&why.kind()) => None,
        Err(_) => Some(Vec::new()),
    }
}

fn is_echoed(socket: &TcpStream) -> bool {
    say(socket, 7, PATIENCE) == Some(vec![7])
}

#[test]
fn a_proxy_forwards() {
    let proxy = proxy();
    let socket = connect(&proxy);
    assert!(is_echoed(&socket) && is_echoed(&socket));
    drop(proxy);
    assert_eq!(say(&socket, 7, PATIENCE), Some(vec![]), "it ends with its value");
}

#[test]
fn what_is_swallowed_is_lost_and_new_connections_work_afterwards() {
    let proxy = proxy();
    let (hit, spared) = (connect(&proxy), connect(&proxy));
    assert!(is_echoed(&hit) && is_echoed(&spared));
    let fault = proxy.fail(Mode::Swallow);
    let opened = connect(&proxy);
    for socket in [&hit, &opened] {
        assert_eq!(say(socket, 1, MOMENT), None);
    }
    drop(fault);
    assert_eq!(say(&opened, 2, MOMENT), None, "the server never heard of it");
    assert_eq!(say(&hit, 2, MOMENT), None, "nothing comes after a gap");
    assert!(is_echoed(&spared), "it lost nothing");
    assert!(is_echoed(&connect(&proxy)));
}

#[test]
fn what_is_delayed_comes_later() {
    let proxy = proxy();
    let socket = connect(&proxy);
    assert!(is_echoed(&socket));
    let fault = proxy.fail(Mode::Delay(MOMENT));
    for socket in [&socket, &connect(&proxy)] {
        let sent = Instant::now();
        assert!(is_echoed(socket));
        assert!(sent.elapsed() >= 2 * MOMENT, "there and back: {:?}", sent.elapsed());
    }
    drop(fault);
    assert!(is_echoed(&socket));
}

#[test]
fn a_proxy_that_refuses_ends_open_connections_and_keeps_its_port() {
    let proxy = proxy();
    let socket = connect(&proxy);
    assert!(is_echoed(&socket));
    let fault = proxy.fail(Mode::Refuse);
    assert_eq!(say(&socket, 7, PATIENCE), Some(vec![]));
    let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port()));
    assert_eq!(refused.expect_err("nobody listens").kind(), ErrorKind::ConnectionRefused);
    drop(fault);
    assert!(is_echoed(&connect(&proxy)));
}

#[test]
fn a_mode_holds_until_the_next() {
    let proxy = proxy();
    for mode in [Mode::Refuse, Mode::Swallow, Mode::Refuse, Mode::Forward] {
        proxy.set(mode);
    }
    assert!(is_echoed(&connect(&proxy)));
    proxy.set(Mode::Swallow);
    assert_eq!(say(&connect(&proxy), 1, MOMENT), None);
    proxy.set(Mode::Forward);
    assert!(is_echoed(&connect(&proxy)));
}
