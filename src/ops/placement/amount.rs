use std::{iter::Sum, ops::AddAssign};

use super::Load;

/// How many keys, and what they have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Amount {
    /// Keys.
    pub keys: u64,
    /// Their rows and bytes.
    pub load: Load,
}

impl Amount {
    /// One key with what it has.
    #[must_use]
    pub fn one(load: Load) -> Self {
        Self { keys: 1, load }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.keys += other.keys;
        self.load += other.load;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |mut sum, amount| {
            sum += amount;
            sum
        })
    }
}
