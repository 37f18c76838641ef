use thiserror::Error;

use super::Difference;
use crate::ops::tables::StoredKey;

/// Rows that could not be moved. Nothing of the batch was changed on the side that
/// the error is about: its transaction was rolled back.
#[derive(Debug, Error)]
pub enum TransferError {
    /// The two shards are of different kinds.
    #[error("rows can't be moved between a Postgres and a SQLite shard")]
    Mixed,
    /// Source and target are one: what is "on both" would be removed for good.
    #[error("source and target are the same database; look at the two shards' URLs")]
    SameDatabase,
    /// A SQLite database in memory has no file that another could read.
    #[error("a SQLite database in memory can't be moved from or to")]
    InMemory,
    /// The connections could not be made ready.
    #[error("the session could not be prepared for moving rows")]
    Session(#[source] diesel::result::Error),
    /// A declared table isn't there.
    #[error("there is no table {table} on the {side}; run the migrations on every shard")]
    NoTable {
        /// The table as declared.
        table: String,
        /// `source` or `target`.
        side: &'static str,
    },
    /// A column that rows can't be moved with.
    #[error("column {column} of table {table} {problem}")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Removing rows would change rows that stay behind.
    #[error(
        "removing rows of table {table} would change rows of table {by}, which refers to it with \
         ON DELETE {action}; declare {by} as one of the keyspace's tables, and have it refer by \
         the key column too"
    )]
    Cascade {
        /// The declared table.
        table: String,
        /// The one that refers to it and is not declared.
        by: String,
        /// What the foreign key does.
        action: String,
    },
    /// A key of the other kind than the table's.
    #[error("key {key} is not of the kind that table {table} has been declared with")]
    KeyKind {
        /// The table.
        table: String,
        /// The key.
        key: StoredKey,
    },
    /// The database takes for equal what isn't the same key (a collation that
    /// ignores case, say), and gave a row that was not asked for.
    #[error("table {table} gave a row of key {key}, which was not asked for")]
    Stray {
        /// The table.
        table: String,
        /// The row's key.
        key: String,
    },
    /// A statement failed.
    #[error("rows of table {table} could not be {done}")]
    Failed {
        /// What was to be done: `read`, `written`, `removed`.
        done: &'static str,
        /// The table.
        table: String,
        /// The database's words.
        source: diesel::result::Error,
    },
    /// The database passed over rows that were to be removed.
    #[error("{rows} rows of table {table} stayed when they were to be removed (a trigger?)")]
    Kept {
        /// The table.
        table: String,
        /// How many.
        rows: u64,
    },
    /// The server stopped in the middle of the rows.
    #[error("the server ended the reading of table {table} before the last row; its log tells why")]
    Cut {
        /// The table.
        table: String,
        /// What the connection said next, if it is no longer well.
        source: Option<diesel::result::Error>,
    },
    /// What the server sent is not PostgreSQL's binary format.
    #[error("the server sent rows of table {table} that can't be read: {problem}")]
    Garbled {
        /// The table.
        table: String,
        /// What is wrong.
        problem: String,
    },
    /// Both sides hold rows of the key, and they differ.
    #[error(
        "key {} has {} rows of table {} at the source and {} different ones at the target; \
         remove those that are wrong and run again",
        .0.key, .0.rows[0], .0.table, .0.rows[1]
    )]
    Twins(Difference),
    /// The rows at the target are not those that were sent.
    #[error(
        "key {}: {} rows of table {} were sent and {} came out otherwise at the target (a trigger, \
         a rule, a type that rounds?); nothing was moved",
        .0.key, .0.rows[0], .0.table, .0.rows[1]
    )]
    Unfaithful(Difference),
    /// The rows at the source are no longer those that were copied.
    #[error(
        "key {} of table {} was changed at the source after it was copied ({} rows then, {} now); \
         nothing was removed",
        .0.key, .0.table, .0.rows[0], .0.rows[1]
    )]
    Changed(Difference),
    /// A transaction could not begin, or not be committed: then whether it was is unknown.
    #[error("the transaction at the {side} could not be completed")]
    Transaction {
        /// `source` or `target`.
        side: &'static str,
        /// The database's words.
        source: diesel::result::Error,
    },
}
