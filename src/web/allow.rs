//! Which methods a path takes, for requests by another.

use std::collections::BTreeSet;

use rocket::{Request, Route, http::Method, http::uri::Origin};

/// The methods of the routes whose path fits the request's, `HEAD` beside `GET`
/// as Rocket answers it; empty if there is no such route.
pub(super) fn methods(request: &Request<'_>) -> BTreeSet<&'static str> {
    let fitting = request.rocket().routes().filter(|route| fits(route, request.uri()));
    let mut methods = BTreeSet::new();
    for route in fitting {
        methods.insert(route.method.as_str());
        if route.method == Method::Get {
            methods.insert(Method::Head.as_str());
        }
    }
    methods
}

/// Rocket's own rule for paths, which it keeps to itself.
fn fits(route: &Route, uri: &Origin<'_>) -> bool {
    let pieces = Origin::path(&route.uri).segments();
    let mut given = uri.path().segments();
    for piece in pieces {
        if piece.starts_with('<') && piece.ends_with("..>") {
            return true;
        }
        match given.next() {
            Some(given) if piece == given || piece.starts_with('<') => {}
            _ => return false,
        }
    }
    given.next().is_none()
}

#[cfg(test)]
mod tests {
    use rocket::{Data, http::uri::Origin, route};

    use super::*;

    fn nothing<'r>(_: &'r Request<'_>, data: Data<'r>) -> route::BoxFuture<'r> {
        Box::pin(async move { route::Outcome::forward(data, rocket::http::Status::NotFound) })
    }

    #[test]
    fn a_path_fits_its_template() {
        let fits = |template: &str, path: &str| {
            let uri = Origin::parse_owned(path.to_owned()).expect("it is a path");
            super::fits(&Route::new(Method::Get, template, nothing), &uri)
        };
        for (template, path) in [
            ("/", "/"),
            ("/orders", "/orders?limit=1"),
            ("/orders/<tenant>", "/orders/a%2Fb"),
            ("/orders/<tenant>/<id>", "/orders/a/b"),
            ("/docs/<file..>", "/docs/a/b"),
            ("/docs/<file..>", "/docs"),
        ] {
            assert!(fits(template, path), "{template} and {path}");
        }
        for (template, path) in [
            ("/", "/x"),
            ("/orders", "/users"),
            ("/orders", "/orders/x"),
            ("/orders/<tenant>", "/orders"),
            ("/orders/<tenant>", "/orders/a/b"),
        ] {
            assert!(!fits(template, path), "{template} and {path}");
        }
    }
}
