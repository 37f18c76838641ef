//! What Rocket answers by itself, as problem documents like all others.

use rocket::{Catcher, Request, catch, http::Status};

use super::{Problem, ProblemKind, allow};

/// Catchers for an application's `register("/", catchers())`: what Rocket answers by
/// itself, from an unknown path to a handler's panic, is a [`Problem`] like all others.
///
/// # Examples
/// ```
/// use rocket::{http::{ContentType, Status}, local::blocking::Client};
/// use shardwright::web::catchers;
///
/// let client = Client::untracked(rocket::build().register("/", catchers()))?;
/// let answer = client.get("/nowhere").dispatch();
/// assert_eq!(answer.status(), Status::NotFound);
/// assert_eq!(answer.content_type(), Some(ContentType::new("application", "problem+json")));
/// # Ok::<(), Box<rocket::Error>>(())
/// ```
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![any]
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Problem {
    match status.code {
        404 => nothing_there(request, request.method().as_str()),
        // Rocket takes a method it has never heard of for `GET` and looks for no route.
        400 if request.route().is_none() && !allow::methods(request).is_empty() => {
            nothing_there(request, "this method")
        }
        403 => Problem::forbidden("this is not for whoever asked"),
        500 => Problem::internal("a handler failed without an answer"),
        503 => {
            Problem::unavailable(ProblemKind::Unavailable, "Unavailable", "try again".to_owned())
        }
        _ => Problem::of_status(status, "the request can't be understood".to_owned()),
    }
}

/// No route took the request: the path is unknown, or known by other methods.
fn nothing_there(request: &Request<'_>, method: &str) -> Problem {
    let path = request.uri().path();
    let methods = allow::methods(request);
    if methods.is_empty() || methods.contains(method) {
        return Problem::not_found(format!("there is nothing at {method} {path}"));
    }
    let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
    let detail = format!("{path} takes {methods}, not {method}");
    Problem::method_not_allowed(methods, detail)
}
