//! Parameters that several handlers have.

use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, schema::Type,
    },
};

use crate::web::ProblemKind;

/// The key by which a request can be repeated.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is the shape of what `http::idempotency` reads")]
pub(in crate::http) struct IdempotencyHeader {
    /// Any text of printable ASCII that the client has not used for another order of this
    /// tenant's. A request repeated with the same key and the same body gets the first one's
    /// answer and makes no second order; with another body it is refused.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$",
        example = "5d1f0b6a-4e77-7a52-9c0e-3f6f2b9c1a40"
    )]
    idempotency_key: String,
}

/// How long a page is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what lists read by `Query::int`")]
pub(in crate::http) struct Limit {
    /// How many at most.
    #[param(required = false, minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: i64,
}

/// Which version of a file a page names.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what the handlers of files take")]
pub(in crate::http) struct FileVersion {
    /// The version that the page names; with it the file may be kept.
    #[param(example = "15d3a8e6cd2c271a")]
    v: Option<String>,
}

/// Whether an answer may lack shards.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what `Query::flag` reads")]
pub(in crate::http) struct Partial {
    /// See [`flag`].
    #[param(required = false, schema_with = flag)]
    partial: bool,
}

/// A user's region.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what handlers read by `line(63)`")]
pub(in crate::http) struct Region {
    /// The region, where keys are placed by region. Elsewhere it changes nothing.
    #[param(
        required = false,
        min_length = 1,
        max_length = 63,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]+$",
        example = "eu"
    )]
    region: String,
}

/// `true`, `false` or nothing.
fn flag() -> RefOr<Schema> {
    let empty = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([""]));
    let yes_or_no = ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()));
    let words = "Take what there is if shards don't answer, and be told what is missing. Alone, \
                 without a value, it means `true`.";
    OneOfBuilder::new().item(yes_or_no).item(empty).description(Some(words)).examples([true]).into()
}

/// The last piece of a problem's `type`.
pub(in crate::http) enum KindName {}

impl ToSchema for KindName {}

impl utoipa::PartialSchema for KindName {
    fn schema() -> RefOr<Schema> {
        let names = ProblemKind::ALL.map(ProblemKind::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(names))
            .examples(["busy"])
            .into()
    }
}

/// A whole number of 64 bits.
pub(super) fn whole() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(utoipa::Number::Int(isize::MIN)))
        .maximum(Some(utoipa::Number::Int(isize::MAX)))
        .examples([serde_json::Value::from(7)])
        .into()
}
