use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use futures::future::{join_all, select_ok};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream, lookup_host},
    time::timeout,
};

use crate::config::{DatabaseUrl, Endpoint};

/// Asks whether TLS is spoken (PostgreSQL's documentation, *Message Formats*,
/// `SSLRequest`): its length, and a number in the place of a version. Answered
/// with one byte by every server that is alive, before a login, and also by one
/// that has no connection left.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Where to knock.
enum Door {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

/// Whether there is a living server behind the URL; `None` if its address can't
/// be told, from the URL alone or in time. Takes neither a thread for longer than
/// a host's name takes to be found out, nor a session.
pub(super) async fn knock(url: &DatabaseUrl, patience: Duration) -> Option<bool> {
    let DatabaseUrl::Postgres(url) = url else { return None };
    // Names are found out on blocking threads, which may all be at work.
    let doors = timeout(patience, join_all(url.endpoints()?.into_iter().map(doors))).await.ok()?;
    let doors: Vec<_> = doors.into_iter().flatten().collect();
    if doors.is_empty() {
        return Some(false);
    }
    let any = select_ok(doors.into_iter().map(|door| Box::pin(answer(door))));
    Some(matches!(timeout(patience, any).await, Ok(Ok(_))))
}

async fn doors(endpoint: Endpoint) -> Vec<Door> {
    match endpoint {
        Endpoint::Tcp(host, port) => {
            lookup_host((host, port)).await.into_iter().flatten().map(Door::Tcp).collect()
        }
        Endpoint::Unix(socket) => vec![Door::Unix(socket)],
    }
}

async fn answer(door: Door) -> io::Result<u8> {
    match door {
        Door::Tcp(address) => ask(TcpStream::connect(address).await?).await,
        Door::Unix(socket) => ask(UnixStream::connect(socket).await?).await,
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    stream.read_u8().await
}
