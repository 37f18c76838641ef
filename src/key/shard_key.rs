use std::fmt;

/// What a row is placed by: an id, and the region it belongs to if it has one.
///
/// Borrowed, so that routing a request copies nothing.
///
/// # Examples
/// ```
/// use shardwright::key::ShardKey;
///
/// let tenant = ShardKey::text("tenant-abc");
/// let user = ShardKey::int(7).in_region("eu");
/// assert_eq!(user.region(), Some("eu"));
/// assert_eq!(tenant.to_string(), "tenant-abc");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShardKey<'a> {
    id: KeyId<'a>,
    region: Option<&'a str>,
}

/// The id inside a [`ShardKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyId<'a> {
    /// A whole number, as `range` rules need. Hashed as its decimal text.
    Int(i64),
    /// Text, hashed as its UTF-8 bytes.
    Text(&'a str),
}

impl<'a> ShardKey<'a> {
    /// A key that is a whole number.
    #[must_use]
    pub const fn int(id: i64) -> Self {
        Self { id: KeyId::Int(id), region: None }
    }

    /// A key that is text.
    #[must_use]
    pub const fn text(id: &'a str) -> Self {
        Self { id: KeyId::Text(id), region: None }
    }

    /// The same key, said to belong to a region. Only `region` rules look at it.
    #[must_use]
    pub const fn in_region(self, region: &'a str) -> Self {
        Self { region: Some(region), ..self }
    }

    /// The id without its region.
    #[must_use]
    pub const fn id(&self) -> KeyId<'a> {
        self.id
    }

    /// The region, if the key carries one.
    #[must_use]
    pub const fn region(&self) -> Option<&'a str> {
        self.region
    }
}

impl fmt::Display for ShardKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl fmt::Display for KeyId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(id) => fmt::Display::fmt(id, f),
            Self::Text(id) => f.write_str(id),
        }
    }
}
