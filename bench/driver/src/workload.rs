//! What is asked for.

use clap::ValueEnum;

/// One kind of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Workload {
    /// One order by tenant and id.
    Read,
    /// A tenant's newest 20.
    List,
    /// Sums over all orders.
    Stats,
    /// Nine point reads and an insert.
    Mix,
    /// A new order.
    Insert,
}

impl Workload {
    /// In the order they are measured in: what writes comes last.
    pub(crate) const ALL: [Self; 5] =
        [Self::Read, Self::List, Self::Stats, Self::Mix, Self::Insert];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Stats => "stats",
            Self::Mix => "mix",
            Self::Insert => "insert",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Read => "Point read",
            Self::List => "20-row list",
            Self::Stats => "/stats",
            Self::Mix => "90/10 mix",
            Self::Insert => "Insert",
        }
    }

    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Mix | Self::Insert)
    }

    /// Whether there is a script for pgbench.
    pub(crate) fn in_sql(self) -> bool {
        matches!(self, Self::Read | Self::Insert)
    }
}
