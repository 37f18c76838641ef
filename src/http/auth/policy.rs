//! Which route wants what. A route that is not on the list can't be mounted.

use rocket::{
    Route,
    http::Method::{self, Delete, Get, Patch, Post},
};

use super::Scope;

/// What a route wants of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    Needs(Scope),
    /// `admin`, unless the configuration opens the metrics.
    Metrics,
}

/// Methods and paths as routes are declared, the first that fits counts; `/**`
/// stands for anything below, and for the path without it.
const LIST: &[(Method, &str, Access)] = &[
    (Get, "/health/**", Access::Public),
    (Get, "/openapi.json", Access::Public),
    (Get, "/docs/**", Access::Public),
    (Get, "/problems/**", Access::Public),
    (Post, "/orders", Access::Needs(Scope::OrdersWrite)),
    (Get, "/orders/<tenant>", Access::Needs(Scope::OrdersRead)),
    (Get, "/orders/<tenant>/<id>", Access::Needs(Scope::OrdersRead)),
    (Patch, "/orders/<tenant>/<id>", Access::Needs(Scope::OrdersWrite)),
    (Delete, "/orders/<tenant>/<id>", Access::Needs(Scope::OrdersWrite)),
    (Post, "/users", Access::Needs(Scope::UsersWrite)),
    (Get, "/users", Access::Needs(Scope::UsersRead)),
    (Get, "/users/<id>", Access::Needs(Scope::UsersRead)),
    (Get, "/stats", Access::Needs(Scope::StatsRead)),
    (Get, "/topology", Access::Needs(Scope::Admin)),
    (Get, "/route/<keyspace>/<key>", Access::Needs(Scope::Admin)),
    (Get, "/metrics", Access::Metrics),
    // How a browser gets in and out: neither shows anything.
    (Post, "/dashboard/login", Access::Public),
    (Post, "/dashboard/logout", Access::Public),
    (Get, "/dashboard/**", Access::Needs(Scope::Admin)),
    (Post, "/dashboard/look", Access::Needs(Scope::Admin)),
];

/// What a route wants.
///
/// # Panics
/// If nobody has decided: a new route is put on the list before it is served.
pub(super) fn access_to(route: &Route) -> Access {
    let (method, path) = (route.method, route.uri.path());
    let found = LIST.iter().find(|(of, pattern, _)| *of == method && fits(pattern, path));
    let Some((_, _, access)) = found else {
        panic!("{method} {path} has no policy: say in http::auth::policy who may call it")
    };
    *access
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix("/**") {
        Some(folder) => path
            .strip_prefix(folder)
            .is_some_and(|below| below.is_empty() || below.starts_with('/')),
        None => pattern == path,
    }
}

#[cfg(test)]
mod tests {
    use rocket::{get, post, routes};

    use super::*;

    #[get("/docs/<_..>")]
    fn docs() {}
    #[get("/docsecrets")]
    fn beside() {}
    #[post("/topology")]
    fn other_method() {}
    #[get("/dashboard?<live>")]
    fn with_query(live: Option<&str>) {
        let _ = live;
    }

    #[test]
    fn a_route_is_found_by_method_and_path() {
        assert_eq!(access_to(&routes![docs][0]), Access::Public);
        assert_eq!(access_to(&routes![with_query][0]), Access::Needs(Scope::Admin));
    }

    #[test]
    #[should_panic(expected = "GET /docsecrets has no policy")]
    fn what_only_begins_alike_is_not_found() {
        access_to(&routes![beside][0]);
    }

    #[test]
    #[should_panic(expected = "POST /topology has no policy")]
    fn another_method_is_another_route() {
        access_to(&routes![other_method][0]);
    }
}
