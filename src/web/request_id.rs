use std::{
    convert::Infallible,
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rocket::{
    Data, Request, Response,
    fairing::{Fairing, Info, Kind},
    http::Header,
    outcome::Outcome,
    request::{self, FromRequest},
};
use uuid::{Builder, Uuid};

pub(crate) const HEADER: &str = "X-Request-Id";
/// The longest id taken over from a client.
const LONGEST: usize = 128;

/// The request's id: the client's if it sent a sane one, else made here. It
/// stands in the response's header, in every problem and in the log. A request guard,
/// as `&RequestId`.
///
/// # Examples
/// ```
/// use rocket::{get, http::Header, local::blocking::Client, routes};
/// use shardwright::web::{RequestId, RequestIds};
///
/// #[get("/")]
/// fn show(id: &RequestId) -> String {
///     format!("this is request {}", id.as_str())
/// }
///
/// let client = Client::untracked(rocket::build().attach(RequestIds).mount("/", routes![show]))?;
/// let answer = client.get("/").header(Header::new("X-Request-Id", "from-the-proxy")).dispatch();
/// assert_eq!(answer.headers().get_one("X-Request-Id"), Some("from-the-proxy"));
/// assert_eq!(answer.into_string().as_deref(), Some("this is request from-the-proxy"));
/// # Ok::<(), Box<rocket::Error>>(())
/// ```
#[derive(Debug)]
pub struct RequestId {
    text: String,
    arrived: Instant,
}

impl RequestId {
    /// The id of this request, which keeps it from the first time on.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| {
            let given = request.headers().get_one(HEADER).filter(|id| is_sane(id));
            let text = given.map_or_else(|| fresh().to_string(), str::to_owned);
            Self { text, arrived: Instant::now() }
        })
    }

    /// The id as text, fit for a log line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How long ago the request arrived.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.arrived.elapsed()
    }
}

/// A new one. The system's random numbers cost a call into the kernel for each, so these
/// are drawn from a key that was random once; nothing is guarded by them.
fn fresh() -> Uuid {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut bits = [0; 10];
    bits[..8].copy_from_slice(&KEY.hash_one(count).to_ne_bytes());
    bits[8..].copy_from_slice(&count.to_ne_bytes()[..2]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    Builder::from_unix_timestamp_millis(millis, &bits).into_uuid()
}

/// Fit for a log line: no spaces, no line ends, no end to it.
fn is_sane(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:+/=".contains(c))
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r RequestId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(RequestId::of(request))
    }
}

/// Puts the id on every response, as `X-Request-Id`.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestIds;

#[rocket::async_trait]
impl Fairing for RequestIds {
    fn info(&self) -> Info {
        Info { name: "request ids", kind: Kind::Request | Kind::Response | Kind::Singleton }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        RequestId::of(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        response.set_header(Header::new(HEADER, RequestId::of(request).as_str().to_owned()));
    }
}
