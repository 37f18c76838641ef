//! Sums of money: whole numbers that may be beyond 64 bits.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

/// Cents of all currencies added up.
pub(in crate::http) fn cents() -> RefOr<Schema> {
    let words = "Cents of all currencies added up; may have more than 64 bits";
    sum().description(Some(words)).into()
}

/// Cents by currency.
pub(in crate::http) fn cents_by_name() -> RefOr<Schema> {
    let words = "Cents by currency, which is what means something";
    let sums = ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(sum()));
    sums.description(Some(words)).into()
}

fn sum() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}
