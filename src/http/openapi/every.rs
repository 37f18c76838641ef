//! What all operations have in common, and need not say each.

use rocket::http::Method;
use utoipa::{
    IntoResponses,
    openapi::{
        ObjectBuilder, PathItem, RefOr,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::Type,
        security::SecurityRequirement,
    },
};

use super::{
    headers,
    responses::{Forbidden, Internal, Limited, Unauthorized},
};
use crate::http::auth::Scope;

/// The operations of a path.
pub(super) fn operations(path: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, head, options, .. } = path;
    let all = [
        (Method::Get, get),
        (Method::Put, put),
        (Method::Post, post),
        (Method::Delete, delete),
        (Method::Patch, patch),
        (Method::Head, head),
        (Method::Options, options),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The parameter that every call may have.
pub(super) fn parameters(path: &mut PathItem) {
    let id = ParameterBuilder::new()
        .name("X-Request-Id")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "An id of the caller's for this request, taken over if it is at most 128 letters, \
             digits and `-_.:+/=`; another is made up for it if it is not",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some("checkout-4711".into()))
        .build();
    path.parameters.get_or_insert_default().push(RefOr::T(id));
}

/// Adds what any operation may answer, and, if it wants a scope, that it does and what it
/// answers those who lack it.
pub(super) fn complete(operation: &mut Operation, scope: Option<Scope>) {
    let responses = &mut operation.responses.responses;
    responses.extend(Internal::responses());
    if let Some(scope) = scope {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, [scope.to_string()])]);
        let refusals = [Unauthorized::responses(), Forbidden::responses(), Limited::responses()];
        for (status, refusal) in refusals.into_iter().flatten() {
            responses.entry(status).or_insert(refusal);
        }
    }
    // Also a refusal says which shard it was that refused.
    let shard = responses.values().find_map(|response| match response {
        RefOr::T(response) => response.headers.get("X-Shard").cloned(),
        RefOr::Ref(_) => None,
    });
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            if let Some(shard) = shard.as_ref().filter(|_| KEYED.contains(&status.as_str())) {
                response.headers.insert("X-Shard".to_owned(), shard.clone());
            }
            headers::explain(response);
            headers::text(
                response,
                "X-Request-Id",
                "The request's id, which finds it in the log",
                "019a8d2c-7f31-7a52-9c0e-5d1f0b6a4e77",
            );
        }
    }
}

/// What tokens are called among the ways to be let in.
pub(super) const BEARER: &str = "bearer";

/// The statuses of refusals that may come from a shard, or from the way to it.
const KEYED: [&str; 5] = ["404", "409", "422", "500", "503"];
