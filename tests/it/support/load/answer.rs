//! What came back.

use std::fmt;

use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) shard: Option<String>,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<u32>,
    /// `Null` if the body isn't JSON.
    pub(crate) json: Value,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The connection could not be made, or broke.
    Broken(String),
    /// Nothing came for so long that the client gave up.
    GaveUp,
}

impl Answer {
    /// Whether it says that the write it is about may have been done or not.
    pub(crate) fn is_unknown(&self) -> bool {
        self.json["outcome"] == "unknown"
    }

    /// The problem's words, if this is one.
    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_default()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer { status, shard, content_type, retry_after, json } = self;
        write!(f, "{status} of {shard:?}, {content_type}, Retry-After {retry_after:?}: {json}")
    }
}
