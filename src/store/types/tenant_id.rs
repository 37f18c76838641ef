use std::fmt;

use thiserror::Error;
use utoipa::ToSchema;

use crate::key::{ShardBy, ShardKey};

/// The longest tenant id, in characters.
const LONGEST: usize = 255;

/// Whose an order is, and so which shard it lives on: the key of keyspace `orders`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, ToSchema)]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 255,
    pattern = r"^[^\u0000-\u001F\u007F-\u009F\uFFFD]+$",
    example = "tenant-abc"
)]
pub struct TenantId(String);

/// Text that can't be a tenant's id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadTenant {
    /// There is nothing in it.
    #[error("must not be empty")]
    Empty,
    /// It is longer than [`TenantId`]s may be.
    #[error("must have at most {LONGEST} characters, and has {0}")]
    TooLong(usize),
    /// It holds what stands for bytes that are no text.
    #[error("must be text in UTF-8, without U+FFFD")]
    NotText,
    /// It holds what no database keeps and no log shows.
    #[error("must not hold control characters such as NUL")]
    Control,
}

impl TenantId {
    /// Takes any text of 1 to 255 characters without control characters and
    /// without U+FFFD, which is what bytes that are no text are decoded to.
    ///
    /// # Errors
    /// [`BadTenant`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BadTenant> {
        match text.chars().count() {
            0 => Err(BadTenant::Empty),
            length if length > LONGEST => Err(BadTenant::TooLong(length)),
            // Wherever a path was decoded with losses, two tenants would be one.
            _ if text.contains(char::REPLACEMENT_CHARACTER) => Err(BadTenant::NotText),
            _ if text.chars().any(char::is_control) => Err(BadTenant::Control),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ShardBy for TenantId {
    const KEYSPACE: &'static str = "orders";
    const FIELD: &'static str = "tenant_id";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text(&self.0)
    }
}
