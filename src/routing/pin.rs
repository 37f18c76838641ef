use std::sync::Arc;

use crate::key::ShardIndex;

/// A key pinned to a shard, in front of its keyspace's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The key's id as text. Shared, so that hundreds of thousands are held once.
    pub key: Arc<str>,
    /// Where it lives.
    pub shard: ShardIndex,
}

impl Pin {
    /// The number the key is, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        number(&self.key)
    }
}

/// The number a text is in its one canonical spelling: "+7", "007" and "-0" are
/// texts of their own. Allocates nothing.
pub(super) fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = match digits.as_bytes() {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', ..] => true,
        _ => false,
    };
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn only_the_canonical_spelling_of_a_number_is_that_number() {
        for id in [0, 7, -7, 10, 100, i64::MIN, i64::MAX] {
            assert_eq!(number(&id.to_string()), Some(id));
        }
        let others = ["", "-", "+7", "007", "-0", "-07", "00", "7 ", " 7", "7x", "--7", "٧", "1.0"];
        for text in others.into_iter().chain(["9223372036854775808", "-9223372036854775809"]) {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
