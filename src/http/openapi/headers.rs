//! Headers of answers.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{HeaderBuilder, ObjectBuilder, RefOr, Response, schema::Type},
};

/// What the headers are that handlers name.
const KNOWN: [(&str, &str); 4] = [
    ("X-Shard", "The shard that the key lives on and that answered"),
    ("Location", "Where it is"),
    ("Link", "`<address>; rel=\"next\"`: the next page, if there is one (RFC 8288)"),
    (
        "X-Missing-Shards",
        "The shards whose rows are missing, comma-separated; only with `partial=true`",
    ),
];

/// Says of each header what it is, where its handler does not.
pub(super) fn explain(response: &mut Response) {
    for (name, words) in KNOWN {
        if let Some(RefOr::T(header)) = response.headers.get_mut(name) {
            header.description.get_or_insert_with(|| words.to_owned());
        }
    }
}

/// Shapes of headers that are text, each with an example.
macro_rules! headers {
    ($($name:ident like $example:literal),+ $(,)?) => { $(
        #[derive(ToSchema)]
        #[schema(value_type = String, example = $example)]
        #[expect(dead_code, reason = "it is a shape alone")]
        pub(in crate::http) struct $name(String);
    )+ };
}

headers! {
    OrderAddress like "/orders/tenant-abc/019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40",
    UserAddress like "/users/42",
    DashboardAddress like "/dashboard",
    SetCookie like "shardwright-token=eyJhbGciOiJIUzI1NiJ9.e30.x; HttpOnly; SameSite=Strict; Path=/dashboard; Max-Age=3600",
    MissingShards like "shard-1, shard-2",
}

/// A shard's name.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 63, pattern = "^[A-Za-z0-9._-]+$",
    example = "shard-1")]
#[expect(dead_code, reason = "it is the shape of a `ShardId`")]
pub(in crate::http) struct ShardName(String);

/// A link to the next page.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^<[^<>]+>; rel=\"next\"$",
    example = "</orders/tenant-abc?limit=20&after=1763740800000000.019a8d2c5b7e7c118d2a3f6f2b9c1a40>; rel=\"next\"")]
#[expect(dead_code, reason = "it is the shape of what `http::link` writes")]
pub(in crate::http) struct Link(String);

/// The response with the headers that every answer of the status has.
pub(super) fn of_status(status: u16, mut response: Response) -> Response {
    match status {
        401 => {
            text(
                &mut response,
                "WWW-Authenticate",
                "How to be let in (RFC 6750)",
                "Bearer realm=\"shardwright\", error=\"invalid_token\"",
            );
        }
        403 => {
            text(
                &mut response,
                "WWW-Authenticate",
                "The scope that the token lacks (RFC 6750), if that is what it lacks",
                "Bearer realm=\"shardwright\", error=\"insufficient_scope\", scope=\"orders:write\"",
            );
        }
        429 | 503 => {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
            let header = HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("In how many seconds to ask again"))
                .example(Some(Value::from(1)));
            response.headers.insert("Retry-After".to_owned(), header.build().into());
        }
        _ => {}
    }
    response
}

/// Adds a header of text.
pub(super) fn text(response: &mut Response, name: &str, description: &str, example: &str) {
    let header = HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .example(Some(Value::from(example)));
    response.headers.insert(name.to_owned(), header.build().into());
}
