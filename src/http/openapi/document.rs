//! The document as a whole.

use std::sync::Arc;

use rocket::http::Method;
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document, RefOr, Required, Schema,
        schema::AdditionalProperties,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{every, problem};
use crate::http::{
    auth::{self, Gate, Scope, login},
    dashboard, health, metrics, orders, problems, reference, route, stats, topology, users,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Shardwright",
        description = "Orders by tenant and users by id, over many databases.\n\n\
            Errors are problem documents (RFC 9457) whose `type` leads to a page that explains \
            them. Every answer has an `X-Request-Id`; a request may bring its own.",
    ),
    tags(
        (name = "orders", description = "Each under its tenant, on the tenant's shard"),
        (name = "users", description = "By id or region"),
        (name = "stats", description = "Sums over all shards"),
        (name = "health", description = "For orchestrators and operators"),
        (name = "placement", description = "Where keys live, and why"),
        (name = "dashboard", description = "A page for whoever runs the shards"),
        (name = "metrics", description = "For Prometheus"),
        (name = "reference", description = "This description, for programs and for people"),
    ),
    components(schemas(
        problem::ProblemDocument,
        problem::FieldFault,
        problem::WaitedFor,
        problem::Outcome,
        problem::MissingShard,
    )),
)]
struct Whole;

/// What each resource says of itself. A route that is not in here is missed by a test.
fn parts() -> Vec<Document> {
    vec![
        orders::Docs::openapi(),
        users::Docs::openapi(),
        stats::Docs::openapi(),
        health::Docs::openapi(),
        topology::Docs::openapi(),
        route::Docs::openapi(),
        problems::Docs::openapi(),
        reference::Docs::openapi(),
        dashboard::Docs::openapi(),
        login::Docs::openapi(),
        metrics::Docs::openapi(),
    ]
}

/// The description of the API as a service offers it, ready to be sent.
#[derive(Debug)]
pub(in crate::http) struct Description(Arc<str>);

impl Description {
    /// Of a service with such a gate.
    pub(in crate::http) fn of(gate: &Gate) -> Self {
        let document = document(|method, path| gate.scope_of(method, path));
        let json = document.to_json().expect("it is made of text and numbers");
        Self(json.into())
    }

    pub(in crate::http) fn json(&self) -> Arc<str> {
        self.0.clone()
    }
}

/// The API's description (OpenAPI 3.1, JSON) as a service offers it that needs tokens:
/// what `GET /openapi.json` answers.
///
/// # Examples
/// ```
/// let json = shardwright::http::openapi();
/// assert!(json.starts_with("{\"openapi\":\"3.1.0\""));
/// ```
///
/// # Panics
/// Never: it is made of text and numbers.
#[must_use]
pub fn openapi() -> String {
    let document = document(auth::scope_with_tokens);
    document.to_json().expect("it is made of text and numbers")
}

/// With what each method on a path wants of its caller, if it wants anything.
fn document(scope_of: impl Fn(Method, &str) -> Option<Scope>) -> Document {
    let mut document = Whole::openapi();
    for part in parts() {
        document.merge(part);
    }
    close_bodies(&mut document);
    // Where nobody needs a token, the form may be sent as it is, and so may nothing.
    for path in document.paths.paths.values_mut() {
        for (_, operation) in every::operations(path) {
            if let Some(RefOr::T(body)) = &mut operation.request_body
                && body.content.contains_key(FORM)
            {
                body.required = Some(Required::False);
            }
        }
    }
    let mut wants_tokens = false;
    for (template, path) in &mut document.paths.paths {
        every::parameters(path);
        for (method, operation) in every::operations(path) {
            let scope = scope_of(method, template);
            wants_tokens |= scope.is_some();
            every::complete(operation, scope);
        }
    }
    if wants_tokens {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        bearer.description = Some(SCOPES.to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(every::BEARER, SecurityScheme::Http(bearer));
    }
    document
}

/// An unknown field is an error in what is sent, and none in what is answered.
fn close_bodies(document: &mut Document) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for body in BODIES {
        let Some(RefOr::T(Schema::Object(body))) = schemas.get_mut(body) else {
            unreachable!("{body} is the name of a struct");
        };
        body.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

/// What a page's form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// What is sent as a body.
const BODIES: [&str; 3] = ["NewOrder", "NewUser", "StatusChange"];

const SCOPES: &str = "A JSON Web Token whose `scope` names what it allows: `orders:read`, \
    `orders:write`, `users:read`, `users:write`, `stats:read`, `admin`. None implies another. \
    Orders need a `tenant` claim too, which names whose they are.";
