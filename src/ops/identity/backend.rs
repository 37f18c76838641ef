use diesel::QueryResult;

#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Hold, HoldMode, Identity, PlacementRecord, Records};
use crate::shard::Connect;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
use crate::shard::{ShardConnection, either};

/// What knowing a database by its own word asks of a connection. Implemented for
/// Diesel's Postgres and SQLite connections and for
/// `ShardConnection`.
pub trait Identify: Connect {
    /// What the database says of itself; nothing if it was never told. Changes
    /// nothing.
    ///
    /// # Errors
    /// Diesel's, or [`DeserializationError`](diesel::result::Error::DeserializationError)
    /// for what no version of ours has written.
    fn records(&mut self) -> QueryResult<Records>;

    /// Makes the two tables that hold the records, if they are not there.
    ///
    /// # Errors
    /// Diesel's.
    fn make_records(&mut self) -> QueryResult<()>;

    /// Writes who the database is, in place of what it said before.
    ///
    /// # Errors
    /// Diesel's.
    fn write_identity(&mut self, identity: &Identity) -> QueryResult<()>;

    /// Writes a keyspace's record unless there is one.
    ///
    /// # Errors
    /// Diesel's.
    fn add_placement(&mut self, record: &PlacementRecord) -> QueryResult<()>;

    /// Writes a keyspace's record, in place of what was there before.
    ///
    /// # Errors
    /// Diesel's.
    fn write_placement(&mut self, record: &PlacementRecord) -> QueryResult<()>;

    /// Forgets by which rules rows were placed: nothing is known of them then, and
    /// whoever starts looks at every key.
    ///
    /// # Errors
    /// Diesel's.
    fn forget_placements(&mut self) -> QueryResult<()>;

    /// Makes the session one that moves rows: the server is told so, for whoever
    /// asks who holds the database, and what it commits is on disk before it counts.
    ///
    /// # Errors
    /// Diesel's.
    fn present_itself(&mut self) -> QueryResult<()>;

    /// Holds the database, if nobody is in the way. Never waits.
    ///
    /// # Errors
    /// If it can't be asked for.
    fn hold(&mut self, mode: HoldMode) -> QueryResult<Option<Hold>>;

    /// Lets go what [`hold`](Self::hold) gave.
    ///
    /// # Errors
    /// Diesel's.
    fn release(&mut self, hold: Hold, mode: HoldMode) -> QueryResult<()>;

    /// Who else holds the database, in words, as far as that can be seen; empty if
    /// it can't.
    ///
    /// # Errors
    /// Diesel's.
    fn holders(&mut self) -> QueryResult<Vec<String>>;
}

macro_rules! by_module {
    ($connection:ty, $module:ident) => {
        impl Identify for $connection {
            fn records(&mut self) -> QueryResult<Records> {
                $module::records(self)
            }

            fn make_records(&mut self) -> QueryResult<()> {
                $module::make_records(self)
            }

            fn write_identity(&mut self, identity: &Identity) -> QueryResult<()> {
                $module::write_identity(self, identity)
            }

            fn add_placement(&mut self, record: &PlacementRecord) -> QueryResult<()> {
                $module::add_placement(self, record)
            }

            fn write_placement(&mut self, record: &PlacementRecord) -> QueryResult<()> {
                $module::write_placement(self, record)
            }

            fn forget_placements(&mut self) -> QueryResult<()> {
                $module::forget_placements(self)
            }

            fn present_itself(&mut self) -> QueryResult<()> {
                $module::present_itself(self)
            }

            fn hold(&mut self, mode: HoldMode) -> QueryResult<Option<Hold>> {
                $module::hold(self, mode)
            }

            fn release(&mut self, hold: Hold, mode: HoldMode) -> QueryResult<()> {
                $module::release(self, hold, mode)
            }

            fn holders(&mut self) -> QueryResult<Vec<String>> {
                $module::holders(self)
            }
        }
    };
}

#[cfg(feature = "postgres")]
by_module!(diesel::PgConnection, postgres);
#[cfg(feature = "sqlite")]
by_module!(diesel::SqliteConnection, sqlite);

#[cfg(all(feature = "postgres", feature = "sqlite"))]
impl Identify for ShardConnection {
    fn records(&mut self) -> QueryResult<Records> {
        either!(self, conn => conn.records())
    }

    fn make_records(&mut self) -> QueryResult<()> {
        either!(self, conn => conn.make_records())
    }

    fn write_identity(&mut self, identity: &Identity) -> QueryResult<()> {
        either!(self, conn => conn.write_identity(identity))
    }

    fn add_placement(&mut self, record: &PlacementRecord) -> QueryResult<()> {
        either!(self, conn => conn.add_placement(record))
    }

    fn write_placement(&mut self, record: &PlacementRecord) -> QueryResult<()> {
        either!(self, conn => conn.write_placement(record))
    }

    fn forget_placements(&mut self) -> QueryResult<()> {
        either!(self, conn => conn.forget_placements())
    }

    fn present_itself(&mut self) -> QueryResult<()> {
        either!(self, conn => conn.present_itself())
    }

    fn hold(&mut self, mode: HoldMode) -> QueryResult<Option<Hold>> {
        either!(self, conn => conn.hold(mode))
    }

    fn release(&mut self, hold: Hold, mode: HoldMode) -> QueryResult<()> {
        either!(self, conn => conn.release(hold, mode))
    }

    fn holders(&mut self) -> QueryResult<Vec<String>> {
        either!(self, conn => conn.holders())
    }
}
