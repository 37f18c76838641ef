//! Shards that are missing from an answer, as clients are told.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cluster::Missing;

/// One shard without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct MissingView {
    shard: String,
    reason: &'static str,
}

pub(crate) fn list(missing: &[Missing]) -> Vec<MissingView> {
    let view = |m: &Missing| MissingView { shard: m.shard.to_string(), reason: m.error.reason() };
    missing.iter().map(view).collect()
}

pub(crate) fn views(missing: &[Missing]) -> Value {
    json!(list(missing))
}
