/// What kind of column a table's rows are placed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A whole number of 64 bits: routed as [`ShardKey::int`](crate::key::ShardKey::int).
    Int,
    /// Text: routed as [`ShardKey::text`](crate::key::ShardKey::text).
    Text,
}

/// One table of a keyspace: its name and the column that its rows are placed by.
///
/// # Examples
/// ```
/// use shardwright::ops::tables::Table;
///
/// let orders = Table::by_text("orders", "tenant_id");
/// let users = Table::by_int("users", "id").with_region("region");
/// assert_eq!(users.quoted(), "\"users\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    name: String,
    key: String,
    kind: KeyKind,
    region: Option<String>,
}

impl Table {
    /// A table whose key column is text. A dot in the name parts a schema from it.
    #[must_use]
    pub fn by_text(name: &str, key: &str) -> Self {
        Self { name: name.to_owned(), key: key.to_owned(), kind: KeyKind::Text, region: None }
    }

    /// A table whose key column is a whole number.
    #[must_use]
    pub fn by_int(name: &str, key: &str) -> Self {
        Self { kind: KeyKind::Int, ..Self::by_text(name, key) }
    }

    /// The same table with the column that says which region a row belongs to,
    /// which `region` rules place by. The column may be null.
    #[must_use]
    pub fn with_region(self, column: &str) -> Self {
        Self { region: Some(column.to_owned()), ..self }
    }

    /// The same table, its rows told apart by the key alone.
    #[must_use]
    pub fn without_region(self) -> Self {
        Self { region: None, ..self }
    }

    /// Its name as declared.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key column's name.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What kind of column that is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The region column's name, if there is one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The table's name as SQL takes it.
    #[must_use]
    pub fn quoted(&self) -> String {
        self.name.split('.').map(Self::quote).collect::<Vec<_>>().join(".")
    }

    /// An identifier as SQL takes it.
    #[must_use]
    pub fn quote(identifier: &str) -> String {
        format!("\"{}\"", identifier.replace('"', "\"\""))
    }
}
