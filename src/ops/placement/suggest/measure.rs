use std::{fmt, str::FromStr};

use super::super::Amount;

/// What is to be evened out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Rows.
    #[default]
    Rows,
    /// Keys.
    Keys,
    /// Bytes.
    Bytes,
}

impl Measure {
    /// What an amount weighs by this.
    #[must_use]
    pub fn of(self, amount: Amount) -> u64 {
        match self {
            Self::Rows => amount.load.rows,
            Self::Keys => amount.keys,
            Self::Bytes => amount.load.bytes,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rows => "rows",
            Self::Keys => "keys",
            Self::Bytes => "bytes",
        })
    }
}

impl FromStr for Measure {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Rows, Self::Keys, Self::Bytes]
            .into_iter()
            .find(|measure| measure.to_string() == name)
            .ok_or_else(|| "use rows, keys or bytes".to_owned())
    }
}
