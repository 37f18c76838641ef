#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Batch, Tally, TransferError};
#[cfg(all(feature = "postgres", feature = "sqlite"))]
use crate::shard::{ShardConnection, either};
use crate::{
    ops::tables::{StoredId, Table},
    shard::Connect,
};

/// What moving rows asks of a connection. Implemented for Diesel's Postgres and
/// SQLite connections and for `ShardConnection`.
///
/// None of it begins or ends a transaction. [`copy_verified`](super::copy_verified)
/// and [`remove_verified`](super::remove_verified) put the parts together.
pub trait Transfer: Connect {
    /// Makes the pair ready: sees to it that they are two databases with the same
    /// columns, that nothing else hangs on the rows, and that what the target
    /// commits is durable. Comes before [`copy`](Self::copy), outside transactions.
    ///
    /// # Errors
    /// [`TransferError`] naming what is in the way; nothing has been changed.
    fn link(source: &mut Self, target: &mut Self, tables: &[Table]) -> Result<(), TransferError>;

    /// Undoes [`link`](Self::link). Outside transactions.
    ///
    /// # Errors
    /// If the session is lost.
    fn unlink(target: &mut Self) -> Result<(), TransferError>;

    /// Reads what the database has of these keys. Changes nothing.
    ///
    /// # Errors
    /// [`TransferError`] naming the table.
    fn tally(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError>;

    /// Copies the rows of these keys to the target, in the caller's transaction there,
    /// and says what was read at the source: what is committed there, or as the
    /// caller's transaction there sees it (Postgres).
    ///
    /// # Errors
    /// [`TransferError`]; the transaction at the target is then to be rolled back.
    fn copy(
        source: &mut Self,
        target: &mut Self,
        tables: &[Table],
        batch: &Batch,
    ) -> Result<Tally, TransferError>;

    /// Removes the rows of these keys, in the caller's transaction, and says what was
    /// removed: exactly that, whatever others write meanwhile.
    ///
    /// # Errors
    /// [`TransferError`]; the transaction is then to be rolled back.
    fn remove(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError>;

    /// The primary key of each row of these keys, as text that is equal in two
    /// databases if the values are: rows that would collide if they were put
    /// together. None from a table without a primary key.
    ///
    /// # Errors
    /// [`TransferError`] naming the table.
    fn identities(
        &mut self,
        table: &Table,
        batch: &Batch,
    ) -> Result<Vec<(StoredId, String)>, TransferError>;
}

/// Both backends have these functions, each in its module.
macro_rules! implement {
    ($conn:ty, $backend:ident) => {
        impl Transfer for $conn {
            fn link(
                source: &mut Self,
                target: &mut Self,
                tables: &[Table],
            ) -> Result<(), TransferError> {
                $backend::link(source, target, tables)
            }

            fn unlink(target: &mut Self) -> Result<(), TransferError> {
                $backend::unlink(target)
            }

            fn tally(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError> {
                $backend::tally(self, tables, batch)
            }

            fn copy(
                source: &mut Self,
                target: &mut Self,
                tables: &[Table],
                batch: &Batch,
            ) -> Result<Tally, TransferError> {
                $backend::copy(source, target, tables, batch)
            }

            fn remove(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError> {
                $backend::remove(self, tables, batch)
            }

            fn identities(
                &mut self,
                table: &Table,
                batch: &Batch,
            ) -> Result<Vec<(StoredId, String)>, TransferError> {
                $backend::identities(self, table, batch)
            }
        }
    };
}

#[cfg(feature = "postgres")]
implement!(diesel::PgConnection, postgres);
#[cfg(feature = "sqlite")]
implement!(diesel::SqliteConnection, sqlite);

/// The same for two connections of one backend.
#[cfg(all(feature = "postgres", feature = "sqlite"))]
macro_rules! both {
    ($one:expr, $two:expr, ($a:ident, $b:ident) => $call:expr) => {
        match ($one, $two) {
            (Self::Postgres($a), Self::Postgres($b)) => $call,
            (Self::Sqlite($a), Self::Sqlite($b)) => $call,
            _ => Err(TransferError::Mixed),
        }
    };
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
impl Transfer for ShardConnection {
    fn link(source: &mut Self, target: &mut Self, tables: &[Table]) -> Result<(), TransferError> {
        both!(source, target, (source, target) => Transfer::link(source, target, tables))
    }

    fn unlink(target: &mut Self) -> Result<(), TransferError> {
        either!(target, conn => Transfer::unlink(conn))
    }

    fn tally(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError> {
        either!(self, conn => conn.tally(tables, batch))
    }

    fn copy(
        source: &mut Self,
        target: &mut Self,
        tables: &[Table],
        batch: &Batch,
    ) -> Result<Tally, TransferError> {
        both!(source, target, (source, target) => Transfer::copy(source, target, tables, batch))
    }

    fn remove(&mut self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError> {
        either!(self, conn => conn.remove(tables, batch))
    }

    fn identities(
        &mut self,
        table: &Table,
        batch: &Batch,
    ) -> Result<Vec<(StoredId, String)>, TransferError> {
        either!(self, conn => conn.identities(table, batch))
    }
}
