use std::time::Duration;

use futures::future::select_ok;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

use crate::config::{DatabaseUrl, Endpoint};

/// Asks whether TLS is spoken (PostgreSQL's documentation, *Message Formats*,
/// `SSLRequest`): its length, and a number in the place of a version. Answered
/// with one byte by every server that is alive, before a login, and also by one
/// that has no connection left.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Whether there is a living server behind the URL; `None` if its address can't
/// be told from the URL alone. Takes neither a thread nor a session.
pub(super) async fn knock(url: &DatabaseUrl, patience: Duration) -> Option<bool> {
    let DatabaseUrl::Postgres(url) = url else { return None };
    let endpoints = url.endpoints()?;
    let any = select_ok(endpoints.into_iter().map(|endpoint| Box::pin(answer(endpoint))));
    Some(matches!(timeout(patience, any).await, Ok(Ok(_))))
}

async fn answer(endpoint: Endpoint) -> std::io::Result<u8> {
    match endpoint {
        Endpoint::Tcp(host, port) => ask(TcpStream::connect((host, port)).await?).await,
        Endpoint::Unix(socket) => ask(UnixStream::connect(socket).await?).await,
    }
}

async fn ask(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin) -> std::io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    stream.read_u8().await
}
