use super::{layout::Layout, literal::condition};
use crate::ops::moves::transfer::{Batch, TransferError};
use crate::ops::tables::Table;

/// What rows of some keys a statement is about.
pub(super) struct Selection<'a> {
    pub(super) at: usize,
    pub(super) table: &'a Table,
    pub(super) layout: &'a Layout,
    condition: String,
}

impl<'a> Selection<'a> {
    pub(super) fn all(
        tables: &'a [Table],
        layouts: &'a [Layout],
        batch: &Batch,
    ) -> Result<Vec<Self>, TransferError> {
        let each = tables.iter().zip(layouts).enumerate().map(|(at, (table, layout))| {
            Ok(Self { at, table, layout, condition: condition(table, batch)? })
        });
        each.collect()
    }

    pub(super) fn select(&self) -> String {
        let (columns, table) = (self.layout.columns(), self.table.quoted());
        format!("(SELECT {columns} FROM {table} WHERE {})", self.condition)
    }

    /// The rows removed are the rows sent: one statement, one snapshot.
    pub(super) fn delete(&self) -> String {
        let (columns, table) = (self.layout.columns(), self.table.quoted());
        format!("(DELETE FROM {table} WHERE {} RETURNING {columns})", self.condition)
    }

    pub(super) fn failed(
        &self,
        done: &'static str,
        source: diesel::result::Error,
    ) -> TransferError {
        TransferError::Failed { done, table: self.table.name().to_owned(), source }
    }
}
