use std::{borrow::Cow, error::Error, io::Cursor, time::Duration};

use rocket::{
    Request, Response,
    http::{ContentType, Header, Status},
    response::{self, Responder},
};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{Span, error, warn};

use super::{
    ProblemKind, ProblemTypes,
    request_id::{HEADER, RequestId},
};

/// An error as clients see it: `application/problem+json` of RFC 9457, with the
/// request's id and, for bad input, the fields. Never holds SQL, a URL or a
/// password; the cause goes to the log, once, when the answer is sent.
///
/// Handlers return `Result<T, Problem>`: what a call to a shard failed with becomes
/// the right one by `?`, and an application adds kinds of its own, with their own
/// `type`, by [`of_type`](Self::of_type). The `type` of the kinds here is settled by
/// [`ProblemTypes`].
///
/// # Examples
/// ```
/// use rocket::{get, http::Status, local::blocking::Client, routes};
/// use shardwright::web::{Problem, catchers};
///
/// #[get("/<item>")]
/// fn show(item: &str) -> Result<String, Problem> {
///     let kind = "https://shop.example/problems/sold-out";
///     match item {
///         "tea" => Ok("green or black?".to_owned()),
///         "milk" => Err(Problem::of_type(kind, Status::Conflict, "Sold out", "no milk today")),
///         _ => Err(Problem::not_found(format!("there is no {item}"))),
///     }
/// }
///
/// let rocket = rocket::build().mount("/", routes![show]).register("/", catchers());
/// let client = Client::untracked(rocket)?;
/// let answer = client.get("/milk").dispatch();
/// assert_eq!(answer.status(), Status::Conflict);
/// assert!(answer.into_string().expect("a body").contains("problems/sold-out"));
/// // What Rocket answers by itself is a problem document too.
/// assert!(client.get("/").dispatch().into_string().expect("a body").contains("not-found"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: Status,
    kind: ProblemKind,
    /// An application's own, in place of the kind's.
    type_uri: Option<Cow<'static, str>>,
    title: Cow<'static, str>,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<String>,
    challenge: Option<String>,
    members: Map<String, Value>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// One field that won't do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Its name, as the client wrote it.
    pub field: String,
    /// What is wrong with it, to be read after its name: "must not be empty".
    pub message: String,
}

/// The document, its members in the order a person reads them.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl Problem {
    fn new(status: Status, kind: ProblemKind, title: &'static str, detail: String) -> Self {
        Self(Box::new(Parts {
            status,
            kind,
            type_uri: None,
            title: Cow::Borrowed(title),
            detail,
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            challenge: None,
            members: Map::new(),
            cause: None,
        }))
    }

    /// A kind of the application's own: `type_uri` names it, for programs to tell it
    /// from others, and had better lead to a page that says what to do about it.
    pub fn of_type(
        type_uri: impl Into<Cow<'static, str>>,
        status: Status,
        title: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let mut problem = Self::of_status(status, detail.into());
        problem.0.type_uri = Some(type_uri.into());
        problem.0.title = title.into();
        problem
    }

    /// 404: there is nothing of that name.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Status::NotFound, ProblemKind::NotFound, "Not found", detail.into())
    }

    /// 405: the path takes these methods, and not the request's.
    pub fn method_not_allowed(allowed: String, detail: String) -> Self {
        let kind = ProblemKind::MethodNotAllowed;
        let mut problem = Self::new(Status::MethodNotAllowed, kind, "Method not allowed", detail);
        problem.0.allow = Some(allowed);
        problem
    }

    /// 409: what is there already stands in the way.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Status::Conflict, ProblemKind::Conflict, "Conflict", detail.into())
    }

    /// 413: the body is larger than this.
    pub fn too_large(limit: impl std::fmt::Display) -> Self {
        let detail = format!("the body is larger than {limit}");
        Self::new(Status::PayloadTooLarge, ProblemKind::TooLarge, "Body too large", detail)
    }

    /// 408: the body did not arrive in time.
    pub fn too_slow() -> Self {
        let detail = "the body did not arrive in time".to_owned();
        Self::new(Status::RequestTimeout, ProblemKind::TooSlow, "Request timeout", detail)
    }

    /// 422: these fields won't do.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let each: Vec<_> = errors.iter().map(|e| format!("{} {}", e.field, e.message)).collect();
        let mut problem = Self::new(
            Status::UnprocessableEntity,
            ProblemKind::Invalid,
            "The request can't be processed",
            each.join("; "),
        );
        problem.0.errors = errors;
        problem
    }

    /// 422: this field won't do.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// 401: no token, or one that does not count; the challenge says which kind is
    /// wanted.
    pub fn unauthorized(detail: impl Into<String>, challenge: String) -> Self {
        let kind = ProblemKind::Unauthorized;
        Self::new(Status::Unauthorized, kind, "Unauthorized", detail.into()).challenge(challenge)
    }

    /// 403: the token does not allow it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Status::Forbidden, ProblemKind::Forbidden, "Forbidden", detail.into())
    }

    /// 429: the tenant is over its limit, and may try again after that.
    pub fn too_many_requests(wait: Duration) -> Self {
        let detail = "the tenant has made too many requests; wait before the next".to_owned();
        let kind = ProblemKind::TooManyRequests;
        Self::new(Status::TooManyRequests, kind, "Too many requests", detail).retry_after(wait)
    }

    /// 503: try again in a second.
    pub fn unavailable(kind: ProblemKind, title: &'static str, detail: String) -> Self {
        Self::new(Status::ServiceUnavailable, kind, title, detail)
            .retry_after(Duration::from_secs(1))
    }

    /// 500: our own mistake. The client is told the request's id, the log the cause.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "something went wrong here; the request's id finds it in the log".to_owned();
        Self::new(Status::InternalServerError, ProblemKind::Internal, "Internal error", detail)
            .caused_by(cause)
    }

    /// Any other status, as Rocket itself answers it.
    pub fn of_status(status: Status, detail: String) -> Self {
        Self::new(status, ProblemKind::Http, status.reason().unwrap_or("Error"), detail)
    }

    /// When to try again, for a `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says in `WWW-Authenticate` what token is wanted.
    #[must_use]
    pub fn challenge(mut self, challenge: String) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// The status, the detail and the challenge, for those who show it as a page.
    #[cfg(feature = "service")]
    pub(crate) fn into_words(self) -> (Status, String, Option<String>) {
        (self.0.status, self.0.detail, self.0.challenge)
    }

    /// The status it is answered with.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// Adds a member of its own to the document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds to what the client is told, after a semicolon.
    #[must_use]
    pub fn advising(mut self, advice: &str) -> Self {
        self.0.detail.push_str("; ");
        self.0.detail.push_str(advice);
        self
    }

    /// What goes to the log, with all that caused it in turn, and never to the client.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }
}

impl Parts {
    fn type_uri(&self, request: &Request<'_>) -> Cow<'_, str> {
        match &self.type_uri {
            Some(own) => Cow::Borrowed(own.as_ref()),
            None => Cow::Owned(ProblemTypes::of(request).of_kind(self.kind.name())),
        }
    }

    fn log(&self, request: &Request<'_>, id: &str) {
        let Some(cause) = &self.cause else { return };
        let cause = in_full(&**cause);
        let (method, status) = (request.method(), self.status.code);
        let route = request.route().map(|route| route.uri.to_string()).unwrap_or_default();
        let is_bug = status == Status::InternalServerError.code;
        if !Span::current().is_disabled() {
            // Which request that is, its span says.
            match is_bug {
                true => error!(status, "{cause}"),
                false => warn!(status, "{cause}"),
            }
        } else if is_bug {
            error!(request_id = id, %method, route, status, "{cause}");
        } else {
            warn!(request_id = id, %method, route, status, "{cause}");
        }
    }
}

/// An error with all that caused it.
pub(super) fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let id = RequestId::of(request).as_str();
        let parts = *self.0;
        parts.log(request, id);
        let document = Document {
            kind: &parts.type_uri(request),
            title: &parts.title,
            status: parts.status.code,
            detail: &parts.detail,
            request_id: id,
            errors: &parts.errors,
            members: &parts.members,
        };
        let body = serde_json::to_string(&document).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::build();
        response
            .status(parts.status)
            .header(ContentType::new("application", "problem+json"))
            // Also where fairings don't get to see the response.
            .header(Header::new(HEADER, id.to_owned()))
            .sized_body(body.len(), Cursor::new(body));
        if let Some(wait) = parts.retry_after {
            let seconds = wait.as_secs_f64().ceil().max(1.0);
            response.header(Header::new("Retry-After", seconds.to_string()));
        }
        if let Some(challenge) = parts.challenge {
            response.header(Header::new("WWW-Authenticate", challenge));
        }
        if let Some(methods) = parts.allow {
            response.header(Header::new("Allow", methods));
        }
        response.ok()
    }
}
