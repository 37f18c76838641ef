//! One connection through the proxy.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;

use super::Mode;

const CHUNK: usize = 16 * 1024;

/// Serves a client until it, the server or the mode ends the connection.
pub(super) async fn serve(client: TcpStream, target: u16, mode: watch::Receiver<Mode>) {
    let mut refused = mode.clone();
    tokio::select! {
        () = pass(client, target, mode) => {}
        _ = refused.wait_for(|mode| *mode == Mode::Refuse) => {}
    }
}

async fn pass(mut client: TcpStream, target: u16, mode: watch::Receiver<Mode>) {
    let swallowed = *mode.borrow() == Mode::Swallow;
    if swallowed {
        // The server never hears of it.
        let mut lost = [0; CHUNK];
        while client.read(&mut lost).await.is_ok_and(|n| n > 0) {}
        return;
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await else { return };
    for socket in [&client, &server] {
        // A proxy that waits for more to send would be a fault of its own.
        let _ = socket.set_nodelay(true);
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(pump(from_client, to_server, mode.clone()), pump(from_server, to_client, mode));
}

/// Passes on one direction.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut mode: watch::Receiver<Mode>) {
    let mut chunk = [0; CHUNK];
    let mut gap = false;
    while let Ok(n @ 1..) = from.read(&mut chunk).await {
        let now = *mode.borrow();
        if let Mode::Delay(by) = now {
            tokio::time::sleep(by).await;
        }
        gap |= now == Mode::Swallow;
        if !gap && to.write_all(&chunk[..n]).await.is_err() {
            break;
        }
    }
    // That one end is gone is news too, which doesn't travel while the route is dropped.
    let _ = mode.wait_for(|mode| *mode != Mode::Swallow).await;
    let _ = to.shutdown().await;
}
