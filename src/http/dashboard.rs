//! `/dashboard`: what an operator looks at.

use rocket::{Route, get, routes};

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[get("/dashboard")]
fn show() -> &'static str {
    "Shardwright"
}
