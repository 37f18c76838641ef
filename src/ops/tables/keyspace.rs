use super::Table;
use crate::key::{KeyspaceName, NameError};

/// The tables whose rows one keyspace's rule places.
///
/// In the order rows are copied in: one that refers to another (a foreign key)
/// comes after it. Rows are removed in the opposite order.
///
/// # Examples
/// ```
/// use shardwright::ops::tables::{KeyspaceTables, Table};
///
/// let orders = KeyspaceTables::new(
///     "orders",
///     [Table::by_text("orders", "tenant_id"), Table::by_text("order_requests", "tenant_id")],
/// )?;
/// assert_eq!(orders.tables().len(), 2);
/// # Ok::<(), shardwright::key::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyspaceTables {
    keyspace: KeyspaceName,
    tables: Vec<Table>,
}

impl KeyspaceTables {
    /// Declares the tables of a keyspace. All of one keyspace have the same kind of key.
    ///
    /// # Errors
    /// [`NameError`] if that is no name of a keyspace.
    pub fn new(keyspace: &str, tables: impl IntoIterator<Item = Table>) -> Result<Self, NameError> {
        let keyspace = KeyspaceName::new(keyspace)?;
        Ok(Self { keyspace, tables: tables.into_iter().collect() })
    }

    /// The keyspace.
    #[must_use]
    pub fn keyspace(&self) -> &KeyspaceName {
        &self.keyspace
    }

    /// Its tables, in the order rows are copied in.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }
}
