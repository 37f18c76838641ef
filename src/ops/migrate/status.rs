use super::{Applied, Migrate, MigrateError, Source};
use crate::key::ShardId;

/// A migration the binary knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// Its version.
    pub version: String,
    /// Its directory's name.
    pub name: String,
}

/// Where one shard stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The migrations the binary knows, in order of version.
    pub known: Vec<Known>,
    /// What the shard has behind it, in order of version.
    pub applied: Vec<Applied>,
}

/// One shard's standing, or why it could not be found out.
#[derive(Debug)]
pub struct ShardStatus {
    /// The shard.
    pub shard: ShardId,
    /// Where it stands.
    pub status: Result<Status, MigrateError>,
}

impl Status {
    /// When the shard had this migration.
    #[must_use]
    pub fn applied(&self, version: &str) -> Option<&Applied> {
        self.applied.iter().find(|applied| applied.version == version)
    }

    /// What the binary knows and the shard has not had.
    pub fn pending(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| self.applied(&known.version).is_none())
    }

    /// What the shard has had and the binary does not know: the database is
    /// ahead, as it is while a newer version is being deployed.
    pub fn ahead(&self) -> impl Iterator<Item = &Applied> {
        self.applied
            .iter()
            .filter(|applied| !self.known.iter().any(|known| known.version == applied.version))
    }
}

/// Reads where a database stands. Changes nothing. Blocks.
///
/// # Errors
/// [`MigrateError`] if its history or the migrations can't be read.
pub fn status_on<C: Migrate>(conn: &mut C, source: &Source<C>) -> Result<Status, MigrateError> {
    let known = source.load(conn).map_err(MigrateError::Source)?;
    let known = known.iter().map(|migration| {
        let name = migration.name();
        Known { version: name.version().to_string(), name: name.to_string() }
    });
    Ok(Status { known: known.collect(), applied: conn.history().map_err(MigrateError::History)? })
}
