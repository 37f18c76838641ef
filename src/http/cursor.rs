//! Where the next page begins, as text that clients hand back unread.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use chrono::DateTime;

use crate::{
    key::ShardId,
    store::types::{OrderId, UtcInstant},
};

/// After this order of a tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrderCursor(pub(super) UtcInstant, pub(super) OrderId);

/// After this user; with a shard, after the user of that id on that shard:
/// under a `region` rule two shards can have a user of one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserCursor {
    pub(super) id: i64,
    pub(super) shard: Option<ShardId>,
}

/// Text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a cursor from a Link header")]
pub(super) struct BadCursor;

impl fmt::Display for OrderCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.get().timestamp_micros(), self.1.0.simple())
    }
}

impl FromStr for OrderCursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (micros, id) = text.split_once('.').ok_or(BadCursor)?;
        // What both databases can hold; no order of ours was made outside it.
        if !is_of(1..=LONGEST_MICROS, u8::is_ascii_digit, micros) || !is_of(32..=32, is_hex, id) {
            return Err(BadCursor);
        }
        let micros = micros.parse().map_err(|_| BadCursor)?;
        let then = DateTime::from_timestamp_micros(micros).ok_or(BadCursor)?;
        Ok(Self(then.into(), id.parse().map_err(|_| BadCursor)?))
    }
}

impl fmt::Display for UserCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As bits, so that all that looks like an id is one.
        write!(f, "{:016x}", self.id)?;
        self.shard.iter().try_for_each(|shard| write!(f, "@{shard}"))
    }
}

impl FromStr for UserCursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (id, shard) = match text.split_once('@') {
            Some((id, shard)) => (id, Some(ShardId::new(shard).map_err(|_| BadCursor)?)),
            None => (text, None),
        };
        if !is_of(16..=16, is_hex, id) {
            return Err(BadCursor);
        }
        let id = u64::from_str_radix(id, 16).map_err(|_| BadCursor)?.cast_signed();
        Ok(Self { id, shard })
    }
}

/// Digits of the microseconds from 1970 to the year 5138.
const LONGEST_MICROS: usize = 17;

fn is_of(length: RangeInclusive<usize>, kind: fn(&u8) -> bool, text: &str) -> bool {
    length.contains(&text.len()) && text.as_bytes().iter().all(kind)
}

/// Of two spellings of a digit one is none.
fn is_hex(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back() {
        let order = OrderCursor(UtcInstant::now(), OrderId::new());
        assert_eq!(order.to_string().parse(), Ok(order));
        for user in [
            UserCursor { id: -7, shard: None },
            UserCursor { id: i64::MAX, shard: Some(ShardId::new("shard-0").expect("a name")) },
        ] {
            assert_eq!(user.to_string().parse(), Ok(user));
        }
        assert!("x".parse::<OrderCursor>().is_err());
        let id = OrderId::new().0.simple().to_string();
        assert!(format!("-991795304042777539.{id}").parse::<OrderCursor>().is_err());
        assert!("9223372036854775807.0".parse::<OrderCursor>().is_err());
        assert!("100000000000000000.0".parse::<OrderCursor>().is_err());
        assert!(format!("1.{}", id.to_uppercase()).parse::<OrderCursor>().is_err());
        assert!(format!("+1.{id}").parse::<OrderCursor>().is_err());
        for bad in ["@shard-0", "7", "+000000000000007", "000000000000000A", "0000000000000007@"] {
            assert!(bad.parse::<UserCursor>().is_err(), "{bad}");
        }
    }
}
