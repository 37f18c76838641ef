use std::sync::Arc;

use rocket::{
    Data, Request, Route,
    http::{Method, Status},
    route::{Handler, Outcome},
};

use super::{
    Limiter, Metrics, Scope, Verifier, Visitor,
    bearer::{self, Given},
    is_own, login,
    page::Page,
    scope_of,
    verifier::{Refusal, Token},
};
use crate::{config::Sharding, http::Problem};

/// The challenge of every 401 and of a 403 for want of scope (RFC 6750 §3).
const REALM: &str = "Bearer realm=\"shardwright\"";

/// Where browsers don't say it, a proxy that changes `Host` makes our own pages another's.
const ANOTHER_SITE: &str = "a page of another site can't do this; if it was the service's own, a \
                            proxy in front has to pass the `Host` header on";

/// What stands before the routes: it lets a request through to its handler, or
/// answers it, before anything of its body is read.
#[derive(Debug, Clone)]
pub(in crate::http) struct Gate(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// Without one everyone may do everything.
    verifier: Option<Verifier>,
    limiter: Option<Limiter>,
    metrics: Metrics,
}

impl Gate {
    pub(in crate::http) fn new(verifier: Option<Verifier>, settings: &Sharding) -> Self {
        Self(Arc::new(Rules {
            verifier,
            limiter: settings.rate_limit.map(Limiter::new),
            metrics: match settings.auth.public_metrics {
                true => Metrics::Public,
                false => Metrics::Guarded,
            },
        }))
    }

    /// Whether everyone may do everything.
    pub(in crate::http) fn is_open(&self) -> bool {
        self.0.verifier.is_none()
    }

    /// The scope that a route wants of its caller, by its path as it is declared or described;
    /// `None` if anyone may call it.
    ///
    /// # Panics
    /// If the list says nothing of it.
    pub(in crate::http) fn scope_of(&self, method: Method, path: &str) -> Option<Scope> {
        let scope = scope_of(method, path, self.0.metrics);
        scope.filter(|_| !self.is_open())
    }

    /// The same routes behind the gate, each with what the list says it wants.
    ///
    /// # Panics
    /// If the list says nothing of one.
    pub(in crate::http) fn guarded(&self, routes: Vec<Route>) -> Vec<Route> {
        let guard = |mut route: Route| {
            let scope = self.scope_of(route.method, route.uri.path());
            let is_page = route.method == Method::Get && route.uri.path() == login::HOME;
            let inner = route.handler;
            route.handler = Box::new(Guarded { gate: self.clone(), scope, is_page, inner });
            route
        };
        routes.into_iter().map(guard).collect()
    }

    /// Who makes the request, if the route is theirs.
    fn admit(&self, request: &Request<'_>, scope: Option<Scope>) -> Result<Visitor, Problem> {
        let (Some(verifier), Some(scope)) = (&self.0.verifier, scope) else {
            // A page of another site can have a browser send something that needs no token,
            // and so log people in or out.
            let looks = matches!(request.method(), Method::Get | Method::Head | Method::Options);
            return match (looks || is_own(request), &self.0.verifier) {
                (false, _) => Err(Problem::forbidden(ANOTHER_SITE)),
                (true, None) => Ok(Visitor::anyone(self.clone())),
                (true, Some(_)) => Ok(Visitor::stranger()),
            };
        };
        let given = match bearer::given(request.headers()) {
            Given::Nothing => login::token(request).map_or(Given::Nothing, Given::Token),
            given => given,
        };
        let token = match given {
            Given::Nothing => return Err(missing()),
            Given::Garbled => return Err(refused(Refusal::Invalid)),
            Given::Token(token) => verifier.verify(token).map_err(refused)?,
        };
        self.check(&token, scope)?;
        Ok(Visitor::bearer(token, self.clone()))
    }

    fn check(&self, token: &Token, scope: Scope) -> Result<(), Problem> {
        if !token.scopes.allow(scope) {
            return Err(out_of_scope(scope));
        }
        match &token.tenant {
            // The door counts what is asked of a tenant's rows.
            Some(tenant) if !scope.is_of_a_tenant() => self.count(tenant.as_str()),
            _ => Ok(()),
        }
    }

    /// Counts one request of a tenant's against its limit.
    pub(super) fn count(&self, tenant: &str) -> Result<(), Problem> {
        match &self.0.limiter {
            Some(limiter) => limiter.check(tenant).map_err(Problem::too_many_requests),
            None => Ok(()),
        }
    }

    /// A token that opens the dashboard; `None` if nobody needs one.
    pub(super) fn operator(&self, token: &str) -> Result<Option<Token>, Problem> {
        let Some(verifier) = &self.0.verifier else { return Ok(None) };
        if token.is_empty() {
            return Err(missing());
        }
        let token = verifier.verify(token).map_err(refused)?;
        match token.scopes.allow(Scope::Admin) {
            true => Ok(Some(token)),
            false => Err(out_of_scope(Scope::Admin)),
        }
    }
}

fn missing() -> Problem {
    Problem::unauthorized("a bearer token is needed", REALM.to_owned())
}

fn refused(why: Refusal) -> Problem {
    Problem::unauthorized(why.to_string(), format!("{REALM}, error=\"invalid_token\""))
}

fn out_of_scope(scope: Scope) -> Problem {
    let challenge = format!("{REALM}, error=\"insufficient_scope\", scope=\"{scope}\"");
    Problem::forbidden(format!("the token does not have the scope {scope}")).challenge(challenge)
}

/// Whether another token would do: a page asks for one.
fn is_about_the_token(problem: &Problem) -> bool {
    matches!(problem.status(), Status::Unauthorized | Status::Forbidden)
}

/// A route's handler behind the gate.
#[derive(Clone)]
struct Guarded {
    gate: Gate,
    /// What it wants, if it wants anything.
    scope: Option<Scope>,
    /// Whether people look at it, who have no use for JSON.
    is_page: bool,
    inner: Box<dyn Handler>,
}

#[rocket::async_trait]
impl Handler for Guarded {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        match self.gate.admit(request, self.scope) {
            Ok(visitor) => {
                request.local_cache(|| visitor);
                self.inner.handle(request, data).await
            }
            Err(problem) if self.is_page && is_about_the_token(&problem) => {
                Outcome::from(request, Page::of(problem))
            }
            Err(problem) => Outcome::from(request, problem),
        }
    }
}
