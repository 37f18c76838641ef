//! Problem documents (RFC 9457) as a schema.

use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, ContentBuilder, ObjectBuilder, Ref, Response, ResponseBuilder,
        example::ExampleBuilder, schema::Type,
    },
};

use super::examples;
use crate::web::ProblemKind;

/// An error as clients see it. Which members beyond the first five there are, depends on
/// its `type`.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it is the shape of what `http::problem` writes")]
pub(in crate::http) struct ProblemDocument {
    /// The kind: the address of a page that explains it.
    #[schema(example = "/problems/invalid")]
    r#type: String,
    /// The kind in words; the same for all of a kind.
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What it is this time.
    detail: String,
    /// The request's id, which finds it in the log.
    #[schema(min_length = 1, max_length = 128)]
    request_id: String,
    /// The fields, parameters and headers that won't do.
    #[schema(required = false, min_items = 1)]
    errors: Vec<FieldFault>,
    /// The keyspace that has no place for the key.
    #[schema(required = false)]
    keyspace: String,
    /// The shard that could not do it.
    #[schema(required = false)]
    shard: String,
    /// What took too long.
    #[schema(required = false)]
    waited_for: WaitedFor,
    /// There if a write may have taken effect.
    #[schema(required = false)]
    outcome: Outcome,
    /// The shards that did not answer.
    #[schema(required = false, min_items = 1)]
    missing: Vec<MissingShard>,
}

/// One thing in a request that won't do.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the shape of `FieldError`")]
pub(in crate::http) struct FieldFault {
    /// Its name, as the request has it.
    field: String,
    /// What about it won't do; goes with the name.
    message: String,
}

/// What took too long.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is the shape of `shard::Wait`")]
pub(in crate::http) enum WaitedFor {
    Permit,
    Connection,
    Statement,
}

/// What became of a write.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is what a failed write says")]
pub(in crate::http) enum Outcome {
    Unknown,
}

/// A shard without an answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the shape of `MissingView`")]
pub(in crate::http) struct MissingShard {
    /// Its name.
    #[schema(example = "shard-1")]
    shard: String,
    /// Why it did not answer, in a word or two.
    #[schema(example = "unavailable")]
    reason: String,
}

/// A response of one status, which can be of these kinds.
pub(super) fn problem(status: u16, kinds: &[ProblemKind], words: &str) -> Response {
    let types = kinds.iter().map(|kind| Some(kind.to_string())).collect::<Vec<_>>();
    let one_of = |kind| ObjectBuilder::new().schema_type(kind);
    let narrowed = ObjectBuilder::new()
        .property("type", one_of(Type::String).enum_values(Some(types)))
        .property("status", one_of(Type::Integer).enum_values(Some([status])));
    let narrowed = match kinds {
        [ProblemKind::Invalid] => narrowed.required("errors"),
        [ProblemKind::Incomplete] => narrowed.required("missing"),
        _ => narrowed,
    };
    let schema = AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed.build());
    let example = |kind: &ProblemKind| {
        let example = ExampleBuilder::new().value(Some(examples::of(*kind)));
        (kind.name(), example.build())
    };
    let content =
        ContentBuilder::new().schema(Some(schema)).examples_from_iter(kinds.iter().map(example));
    let pages: Vec<_> = kinds.iter().map(|kind| format!("[`{}`]({kind})", kind.name())).collect();
    ResponseBuilder::new()
        .description(format!("{words}: {}.", pages.join(", ")))
        .content("application/problem+json", content.build())
        .build()
}
