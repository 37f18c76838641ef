//! What Rocket answers by itself, as problem documents like all others.

use rocket::{Catcher, Request, catch, http::Status};

use super::{Problem, ProblemKind, allow};

/// Catchers for an application's `register("/", catchers())`: what Rocket answers by
/// itself, from an unknown path to a handler's panic, is a [`Problem`] like all others.
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![any]
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    match status.code {
        404 => nothing_there(request),
        403 => Problem::forbidden("a page of another site can't do this"),
        500 => Problem::internal("a handler failed without an answer"),
        503 => {
            Problem::unavailable(ProblemKind::Unavailable, "Unavailable", "try again".to_owned())
        }
        _ => Problem::of_status(status, "the request can't be understood".to_owned()),
    }
}

/// No route took the request: the path is unknown, or known by other methods.
fn nothing_there(request: &Request<'_>) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    let methods = allow::methods(request);
    if methods.is_empty() || methods.contains(method.as_str()) {
        return Problem::not_found(format!("there is nothing at {method} {path}"));
    }
    let methods: Vec<_> = methods.into_iter().collect();
    Problem::method_not_allowed(
        &methods,
        format!("{path} takes {}, not {method}", methods.join(", ")),
    )
}
