//! What Rocket answers by itself, as problem documents like all others.

use rocket::{Catcher, Request, catch, catchers, http::Status};

use super::Problem;

pub(super) fn all() -> Vec<Catcher> {
    catchers![any]
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    match status.code {
        404 => {
            let (method, path) = (request.method(), request.uri().path());
            Problem::not_found(format!("there is nothing at {method} {path}"))
        }
        403 => Problem::forbidden("a page of another site can't do this"),
        500 => Problem::internal(anyhow::anyhow!("a handler failed without an answer")),
        503 => Problem::unavailable("unavailable", "Unavailable", "try again".to_owned()),
        _ => Problem::of_status(status, "the request can't be understood".to_owned()),
    }
}
