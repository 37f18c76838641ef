//! What all operations have in common, and need not say each.

use utoipa::{
    IntoResponses,
    openapi::{
        ObjectBuilder, PathItem, RefOr,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

use super::{
    Access, headers,
    responses::{Forbidden, Internal, Limited, Unauthorized},
};

/// The operations of a path.
pub(super) fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, head, options, .. } = path;
    [get, put, post, delete, patch, head, options].into_iter().filter_map(Option::as_mut)
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

/// Adds what any operation may answer, and what one that needs a token may.
pub(super) fn complete(operation: &mut Operation, access: Access) {
    let responses = &mut operation.responses.responses;
    responses.extend(Internal::responses());
    if access == Access::Open {
        operation.security = None;
    }
    if operation.security.is_some() {
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

/// The statuses of refusals that may come from a shard, or from the way to it.
const KEYED: [&str; 5] = ["404", "409", "422", "500", "503"];
