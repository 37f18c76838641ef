use std::{io::Cursor, time::Duration};

use rocket::{
    Request, Response,
    http::{ContentType, Header, Status},
    response::{self, Responder},
};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{error, warn};

use super::{
    kind::Kind,
    request_id::{HEADER, RequestId},
};

/// An error as clients see it: `application/problem+json` of RFC 9457, with the
/// request's id and, for bad input, the fields. Never holds SQL, a URL or a
/// password; the cause goes to the log, once, when the answer is sent.
#[derive(Debug)]
pub(super) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: Status,
    kind: Kind,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<String>,
    members: Map<String, Value>,
    cause: Option<anyhow::Error>,
}

/// One field that won't do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FieldError {
    pub(super) field: String,
    pub(super) message: String,
}

/// The document, its members in the order a person reads them.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
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
    fn new(status: Status, kind: Kind, title: &'static str, detail: String) -> Self {
        Self(Box::new(Parts {
            status,
            kind,
            title,
            detail,
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            members: Map::new(),
            cause: None,
        }))
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Status::NotFound, Kind::NotFound, "Not found", detail.into())
    }

    pub(super) fn method_not_allowed(allowed: String, detail: String) -> Self {
        let mut problem = Self::new(
            Status::MethodNotAllowed,
            Kind::MethodNotAllowed,
            "Method not allowed",
            detail,
        );
        problem.0.allow = Some(allowed);
        problem
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(Status::Conflict, Kind::Conflict, "Conflict", detail.into())
    }

    pub(super) fn too_large(limit: impl std::fmt::Display) -> Self {
        let detail = format!("the body is larger than {limit}");
        Self::new(Status::PayloadTooLarge, Kind::TooLarge, "Body too large", detail)
    }

    pub(super) fn too_slow() -> Self {
        let detail = "the body did not arrive in time".to_owned();
        Self::new(Status::RequestTimeout, Kind::TooSlow, "Request timeout", detail)
    }

    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        let each: Vec<_> = errors.iter().map(|e| format!("{} {}", e.field, e.message)).collect();
        let mut problem = Self::new(
            Status::UnprocessableEntity,
            Kind::Invalid,
            "The request can't be processed",
            each.join("; "),
        );
        problem.0.errors = errors;
        problem
    }

    pub(super) fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    pub(super) fn unavailable(kind: Kind, title: &'static str, detail: String) -> Self {
        Self::new(Status::ServiceUnavailable, kind, title, detail)
            .retry_after(Duration::from_secs(1))
    }

    pub(super) fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let detail = "something went wrong here; the request's id finds it in the log".to_owned();
        Self::new(Status::InternalServerError, Kind::Internal, "Internal error", detail)
            .caused_by(cause)
    }

    /// Any other status, as Rocket itself answers it.
    pub(super) fn of_status(status: Status, detail: String) -> Self {
        Self::new(status, Kind::Http, status.reason().unwrap_or("Error"), detail)
    }

    pub(super) fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds a member of its own to the document.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }
}

impl Parts {
    fn log(&self, request: &Request<'_>, id: &str) {
        let Some(cause) = &self.cause else { return };
        let (method, status) = (request.method(), self.status.code);
        let route = request.route().map(|route| route.uri.to_string()).unwrap_or_default();
        if status == Status::InternalServerError.code {
            error!(request_id = id, %method, route, status, "{cause:#}");
        } else {
            warn!(request_id = id, %method, route, status, "{cause:#}");
        }
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let id = RequestId::of(request).as_str();
        let parts = *self.0;
        parts.log(request, id);
        let document = Document {
            kind: parts.kind.to_string(),
            title: parts.title,
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
        if let Some(methods) = parts.allow {
            response.header(Header::new("Allow", methods));
        }
        response.ok()
    }
}
