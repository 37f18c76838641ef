//! Which route wants what. A route that is not on the list can't be mounted.

use rocket::http::Method::{self, Delete, Get, Patch, Post};

use super::Scope;

/// What a route wants of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Public,
    Needs(Scope),
    /// `admin`, unless the configuration opens the metrics.
    Metrics,
}

/// Who may read the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metrics {
    Public,
    Guarded,
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

/// The scope that a route wants, by its path as it is declared or described; `None` if it
/// wants no token.
///
/// # Panics
/// If nobody has decided: a new route is put on the list before it is served.
pub(super) fn scope_of(method: Method, path: &str, metrics: Metrics) -> Option<Scope> {
    let found = LIST.iter().find(|(of, pattern, _)| *of == method && fits(pattern, path));
    let Some((_, _, access)) = found else {
        panic!("{method} {path} has no policy: say in http::auth::policy who may call it")
    };
    match access {
        Access::Public => None,
        Access::Metrics if metrics == Metrics::Public => None,
        Access::Metrics => Some(Scope::Admin),
        Access::Needs(scope) => Some(*scope),
    }
}

/// As [`scope_of`] has it where nothing is configured but a key.
pub(in crate::http) fn scope_with_tokens(method: Method, path: &str) -> Option<Scope> {
    scope_of(method, path, Metrics::Guarded)
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix("/**") {
        Some(folder) => path
            .strip_prefix(folder)
            .is_some_and(|below| below.is_empty() || below.starts_with('/')),
        None => pattern.split('/').map(nameless).eq(path.split('/').map(nameless)),
    }
}

/// A piece of a path. Parameters are called otherwise in the description than in the code.
fn nameless(piece: &str) -> &str {
    if piece.starts_with(['<', '{']) { "<>" } else { piece }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_found_by_method_and_path() {
        assert_eq!(scope_with_tokens(Get, "/docs"), None);
        assert_eq!(scope_with_tokens(Get, "/docs/<file>"), None);
        assert_eq!(scope_with_tokens(Get, "/dashboard"), Some(Scope::Admin));
        assert_eq!(scope_with_tokens(Get, "/orders/<tenant>"), Some(Scope::OrdersRead));
        assert_eq!(
            scope_with_tokens(Delete, "/orders/{tenant_id}/{order_id}"),
            Some(Scope::OrdersWrite)
        );
        assert_eq!(scope_with_tokens(Get, "/metrics"), Some(Scope::Admin));
        assert_eq!(scope_of(Get, "/metrics", Metrics::Public), None);
    }

    #[test]
    #[should_panic(expected = "GET /docsecrets has no policy")]
    fn what_only_begins_alike_is_not_found() {
        scope_with_tokens(Get, "/docsecrets");
    }

    #[test]
    #[should_panic(expected = "GET /orders has no policy")]
    fn a_parameter_is_a_piece_of_its_own() {
        scope_with_tokens(Get, "/orders");
    }

    #[test]
    #[should_panic(expected = "POST /topology has no policy")]
    fn another_method_is_another_route() {
        scope_with_tokens(Post, "/topology");
    }
}
