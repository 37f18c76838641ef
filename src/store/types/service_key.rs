use super::{TenantId, UserKey};
use crate::key::{ShardBy, ShardKey};

/// A key of any keyspace from its text, as operators type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceKey {
    /// Of `orders`.
    Tenant(TenantId),
    /// Of `users`.
    User(UserKey),
    /// Of a keyspace that is not the service's own, and a whole number.
    Number(i64),
    /// Of a keyspace that is not the service's own.
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
            _ => Ok(text.parse().map_or_else(|_| Self::Text(text.to_owned()), Self::Number)),
        }
    }

    /// What the row is placed by.
    #[must_use]
    pub fn shard_key(&self) -> ShardKey<'_> {
        match self {
            Self::Tenant(tenant) => tenant.shard_key(),
            Self::User(user) => user.shard_key(),
            Self::Number(id) => ShardKey::int(*id),
            Self::Text(text) => ShardKey::text(text),
        }
    }
}
