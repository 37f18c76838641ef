//! The service's own description, and whether an answer is what it says.

mod operation;
mod schema;

use std::sync::LazyLock;

pub(crate) use operation::{Operation, operations};
pub(crate) use schema::{faults, undeclared};
use serde_json::Value;

static SPEC: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(&shardwright::http::openapi()).expect("the description is JSON")
});

/// The description as a whole.
pub(crate) fn spec() -> &'static Value {
    &SPEC
}

/// What a reference within the description leads to; anything else as it is.
pub(crate) fn resolved(value: &'static Value) -> &'static Value {
    let Some(target) = value["$ref"].as_str() else { return value };
    let pointer = target.strip_prefix('#').expect("nothing is elsewhere");
    let found = SPEC.pointer(pointer).unwrap_or_else(|| panic!("{target} leads nowhere"));
    resolved(found)
}
