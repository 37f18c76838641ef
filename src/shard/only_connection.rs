/// The connection to a shard. Built for one kind of database alone, this is
/// Diesel's own connection to it; built for both, an enum of the two.
#[cfg(feature = "postgres")]
pub type ShardConnection = diesel::PgConnection;

/// The connection to a shard. Built for one kind of database alone, this is
/// Diesel's own connection to it; built for both, an enum of the two.
#[cfg(feature = "sqlite")]
pub type ShardConnection = diesel::SqliteConnection;
