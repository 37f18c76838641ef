use std::{iter::Sum, ops::AddAssign};

/// How much is stored: of a key, on a shard, between two shards.
///
/// A row's *bytes* are what its values take in the database: on Postgres the
/// row as `pg_column_size` measures it, its header included, large values
/// compressed and as stored; on SQLite the values' own lengths, numbers as they
/// are written out. Indexes and free space are in neither. Enough to compare
/// shards of one backend and to foresee a move; not what `du` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Load {
    /// Rows.
    pub rows: u64,
    /// Bytes in them.
    pub bytes: u64,
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes += other.bytes;
    }
}

impl Sum for Load {
    fn sum<I: Iterator<Item = Self>>(loads: I) -> Self {
        loads.fold(Self::default(), |mut sum, load| {
            sum += load;
            sum
        })
    }
}
