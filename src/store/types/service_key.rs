use super::{TenantId, UserKey};
use crate::key::{ShardBy, ShardKey};

/// A key of any keyspace from its text, as operators type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceKey {
    /// Of `orders`.
    Tenant(TenantId),
    /// Of `users`.
    User(UserKey),
    /// Of a keyspace that is not the service's own, which may be placed by region, too.
    Other {
        /// The key.
        id: OtherId,
        /// Its region, if it was given one.
        region: Option<String>,
    },
}

/// A key of a keyspace that the service does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherId {
    /// A whole number.
    Number(i64),
    /// Anything else.
    Text(String),
}

impl ServiceKey {
    /// Reads a key as the keyspace takes it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(keyspace: &str, text: &str, region: Option<String>) -> Result<Self, String> {
        match keyspace {
            TenantId::KEYSPACE => {
                TenantId::parse(text).map(Self::Tenant).map_err(|error| error.to_string())
            }
            UserKey::KEYSPACE => match text.parse() {
                Ok(id) => Ok(Self::User(UserKey { id, region })),
                Err(_) => Err(format!("must be a 64-bit whole number, and `{text}` is none")),
            },
            _ if text.contains(char::REPLACEMENT_CHARACTER) => {
                Err("must be text in UTF-8, without U+FFFD".to_owned())
            }
            _ => {
                let number = text.parse().map(OtherId::Number);
                let id = number.unwrap_or_else(|_| OtherId::Text(text.to_owned()));
                Ok(Self::Other { id, region })
            }
        }
    }

    /// What the row is placed by.
    #[must_use]
    pub fn shard_key(&self) -> ShardKey<'_> {
        match self {
            Self::Tenant(tenant) => tenant.shard_key(),
            Self::User(user) => user.shard_key(),
            Self::Other { id, region } => {
                let key = match id {
                    OtherId::Number(id) => ShardKey::int(*id),
                    OtherId::Text(text) => ShardKey::text(text),
                };
                region.as_deref().map_or(key, |region| key.in_region(region))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_goes_along_with_any_key_that_may_be_placed_by_it() {
        for keyspace in ["users", "carts"] {
            let parse = |region| ServiceKey::parse(keyspace, "7", region).expect("a number");
            assert_eq!(parse(None).shard_key(), ShardKey::int(7));
            let here = parse(Some("eu".to_owned()));
            assert_eq!(here.shard_key(), ShardKey::int(7).in_region("eu"), "{keyspace}");
        }
        let text = ServiceKey::parse("carts", "x", Some("eu".to_owned())).expect("any text");
        assert_eq!(text.shard_key(), ShardKey::text("x").in_region("eu"));
    }
}
