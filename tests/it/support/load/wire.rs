//! HTTP/1.1 over one kept connection.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::answer::{Answer, Silence};

/// Far longer than any deadline, and shorter than the patience of a test.
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection to the service, made when it is first needed and again when it broke.
#[derive(Debug)]
pub(super) struct Wire {
    address: String,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) idempotency_key: Option<String>,
    pub(super) body: Option<Value>,
}

impl Wire {
    pub(super) fn to(address: &str) -> Wire {
        Wire { address: address.to_owned(), open: None }
    }

    /// Sends a request and reads the answer; after anything else the connection is gone.
    pub(super) async fn send(&mut self, call: Call) -> Result<Answer, Silence> {
        let open = self.open.take();
        let exchange = exchange(open, &self.address, call);
        let Ok(outcome) = tokio::time::timeout(PATIENCE, exchange).await else {
            return Err(Silence::GaveUp);
        };
        let (open, answer) = outcome.map_err(|why| Silence::Broken(why.to_string()))?;
        self.open = Some(open);
        Ok(answer)
    }
}

type Sender = SendRequest<Full<Bytes>>;
type AnyError = Box<dyn std::error::Error + Send + Sync>;

async fn exchange(
    open: Option<Sender>,
    address: &str,
    call: Call,
) -> Result<(Sender, Answer), AnyError> {
    let mut sender = match open {
        // One that the service closed while nothing was under way was not broken by it.
        Some(sender) if !sender.is_closed() => sender,
        _ => connect(address).await?,
    };
    sender.ready().await?;
    let mut request = Request::builder().method(call.method).uri(call.path).header("Host", address);
    if let Some(key) = call.idempotency_key {
        request = request.header("Idempotency-Key", key);
    }
    let body = call.body.map(|body| body.to_string()).unwrap_or_default();
    let request = request.header("Content-Type", "application/json");
    let response = sender.send_request(request.body(Full::from(body))?).await?;
    let (head, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    Ok((sender, read(head.status.as_u16(), &head.headers, &bytes)))
}

async fn connect(address: &str) -> Result<Sender, AnyError> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    // Its error is also that of the request under way.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Answer {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    Answer {
        status,
        shard: header("X-Shard"),
        content_type: header("Content-Type").unwrap_or_default(),
        retry_after: header("Retry-After").and_then(|seconds| seconds.parse().ok()),
        json: serde_json::from_slice(body).unwrap_or_default(),
    }
}
