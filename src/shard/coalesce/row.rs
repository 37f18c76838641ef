use diesel::QueryResult;

use crate::key::ShardBy;

/// A row that can be found by its key, and inserted, together with others of its kind.
///
/// Implemented by an application for its own rows; `C` is the connection it speaks to.
/// [`ShardedDb::find`](crate::cluster::ShardedDb::find) and
/// [`ShardedDb::insert`](crate::cluster::ShardedDb::insert) then carry out, with one
/// statement, what many callers ask of a shard at a time.
///
/// Both methods may block and are called on a thread that holds a permit. The keys and
/// rows are of one shard and come in no particular order, one to some hundreds at a time.
/// Give each *one* statement that the connection can keep prepared, whatever their number:
/// on Postgres, arrays and `unnest`.
///
/// # Examples
/// ```
/// use diesel::{prelude::*, SqliteConnection};
/// use shardwright::{key::{ShardBy, ShardKey}, shard::Row};
///
/// diesel::table! { accounts (id) { id -> BigInt, owner -> Text } }
///
/// #[derive(Queryable, Insertable)]
/// struct Account { id: i64, owner: String }
///
/// struct AccountId(i64);
///
/// impl ShardBy for AccountId {
///     const KEYSPACE: &'static str = "accounts";
///     fn shard_key(&self) -> ShardKey<'_> {
///         ShardKey::int(self.0)
///     }
/// }
///
/// impl ShardBy for Account {
///     const KEYSPACE: &'static str = AccountId::KEYSPACE;
///     fn shard_key(&self) -> ShardKey<'_> {
///         ShardKey::int(self.id)
///     }
/// }
///
/// impl Row<SqliteConnection> for Account {
///     type Key = AccountId;
///
///     // An embedded database has no round trips to save: one key after the other.
///     fn find_many(
///         conn: &mut SqliteConnection,
///         keys: &[AccountId],
///     ) -> QueryResult<Vec<(usize, Self)>> {
///         let one = |(at, key): (usize, &AccountId)| {
///             let found = accounts::table.find(key.0).first(conn).optional();
///             found.map(|row| row.map(|row| (at, row))).transpose()
///         };
///         keys.iter().enumerate().filter_map(one).collect()
///     }
///
///     fn insert_many(conn: &mut SqliteConnection, rows: &[Self]) -> QueryResult<()> {
///         diesel::insert_into(accounts::table).values(rows).execute(conn).map(drop)
///     }
/// }
/// ```
pub trait Row<C>: ShardBy + Send + Sized + 'static {
    /// What a row is found by. It is placed by the same as the row: its keyspace and its
    /// shard key are the row's.
    type Key: ShardBy + Send + 'static;

    /// The rows of these keys that there are, in any order, each with the place in `keys`
    /// of the key it is found by. A key may be there twice; so is its row then.
    ///
    /// # Errors
    /// Diesel's. Each key is then asked for by itself, if it is not the connection that
    /// failed.
    fn find_many(conn: &mut C, keys: &[Self::Key]) -> QueryResult<Vec<(usize, Self)>>;

    /// Stores the rows, all or none. Called in a transaction only where that costs no
    /// round trips (SQLite): on Postgres, one statement, which is stored when it is answered.
    ///
    /// A row whose key somebody else's open transaction holds makes the others wait with it.
    /// Where that can be, have a statement with several rows give up soon, as the service's do
    /// (`set_config('lock_timeout', '100ms', true)` among what it selects from).
    ///
    /// # Errors
    /// Diesel's. An error must mean that nothing was stored: don't look at what was stored and
    /// refuse it afterwards. Each row is then inserted by itself, so that only the one at fault
    /// fails, unless the connection was lost or time ran out.
    ///
    /// # Panics
    /// A panic reaches all whose rows these are: whether they were stored, it does not tell.
    fn insert_many(conn: &mut C, rows: &[Self]) -> QueryResult<()>;
}
