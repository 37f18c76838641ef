use rocket::{
    Data, Request, Response,
    fairing::{Fairing, Info, Kind},
    http::Header,
};
use uuid::Uuid;

pub(super) const HEADER: &str = "X-Request-Id";
/// The longest id taken over from a client.
const LONGEST: usize = 128;

/// The request's id: the client's if it sent a sane one, else made here. It
/// stands in the response's header, in every problem and in the log.
#[derive(Debug)]
pub(super) struct RequestId(String);

impl RequestId {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| {
            let given = request.headers().get_one(HEADER).filter(|id| is_sane(id));
            Self(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Fit for a log line: no spaces, no line ends, no end to it.
fn is_sane(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:+/=".contains(c))
}

/// Puts the id on every response.
pub(super) struct RequestIds;

#[rocket::async_trait]
impl Fairing for RequestIds {
    fn info(&self) -> Info {
        Info { name: "request ids", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        RequestId::of(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        response.set_header(Header::new(HEADER, RequestId::of(request).as_str().to_owned()));
    }
}
