//! What Rocket answers by itself, as problem documents like all others.

use rocket::{Catcher, Request, catch, http::Status};

use super::Problem;

/// Catchers for an application's `register("/", catchers())`: what Rocket answers by
/// itself, from an unknown path to a handler's panic, is a [`Problem`] like all others.
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![any]
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    match status.code {
        404 => {
            let (method, path) = (request.method(), request.uri().path());
            Problem::not_found(format!("there is nothing at {method} {path}"))
        }
        500 => Problem::internal("a handler failed without an answer"),
        503 => Problem::unavailable("unavailable", "Unavailable", "try again".to_owned()),
        _ => Problem::of_status(status, "the request can't be understood".to_owned()),
    }
}
