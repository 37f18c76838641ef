//! Where the next page begins, as text that clients hand back unread.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike};

use crate::store::types::{OrderId, UtcInstant};

/// After this order of a tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrderCursor(pub(super) UtcInstant, pub(super) OrderId);

/// After this user; with a shard, after the user of that id on that shard:
/// under a `region` rule two shards can have a user of one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserCursor {
    pub(super) id: i64,
    pub(super) shard: Option<String>,
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
        let micros = micros.parse().map_err(|_| BadCursor)?;
        let then = DateTime::from_timestamp_micros(micros).ok_or(BadCursor)?;
        // What both databases can hold; no order of ours was made outside it.
        if !(1..=9999).contains(&then.year()) {
            return Err(BadCursor);
        }
        Ok(Self(then.into(), id.parse().map_err(|_| BadCursor)?))
    }
}

impl fmt::Display for UserCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        self.shard.iter().try_for_each(|shard| write!(f, "@{shard}"))
    }
}

impl FromStr for UserCursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (id, shard) = match text.split_once('@') {
            Some((id, shard)) => (id, Some(shard.to_owned())),
            None => (text, None),
        };
        Ok(Self { id: id.parse().map_err(|_| BadCursor)?, shard })
    }
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
            UserCursor { id: i64::MAX, shard: Some("shard-0".to_owned()) },
        ] {
            assert_eq!(user.to_string().parse(), Ok(user));
        }
        assert!("x".parse::<OrderCursor>().is_err());
        let id = OrderId::new().0.simple().to_string();
        assert!(format!("-991795304042777539.{id}").parse::<OrderCursor>().is_err());
        assert!("9223372036854775807.0".parse::<OrderCursor>().is_err());
        assert!("@shard-0".parse::<UserCursor>().is_err());
    }
}
