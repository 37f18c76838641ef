use std::fmt;

use crate::ops::placement::{Example, Misplaced};

/// What the keys really stored say of a rule they were not placed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misfits {
    /// The keys, and those that the rule would look for in the wrong place.
    pub found: Misplaced,
    /// Shards that could not be asked, comma-separated; empty if all were.
    pub absent: String,
    /// Shards that the rows were placed on too, and that are not configured,
    /// comma-separated; empty if there are none.
    pub unlisted: String,
}

impl Misfits {
    /// Whether there are no rows, for all that can be known.
    pub(super) fn is_empty(&self) -> bool {
        self.found.keys == 0 && self.found.keyless == 0 && self.unlisted.is_empty()
    }

    /// Whether all that is there is where the rule has it.
    pub(super) fn is_in_place(&self) -> bool {
        self.found.affected == 0 && self.found.keyless == 0
    }
}

impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Misplaced { keys, affected, examples, keyless } = &self.found;
        // Shares are for people: no count of keys needs all of a number's digits.
        let share = 100.0 * *affected as f64 / (*keys).max(1) as f64;
        write!(f, "  {affected} of {keys} stored keys ({share:.1} %) would be looked for ")?;
        f.write_str(if examples.is_empty() {
            "on the wrong shard"
        } else {
            "on the wrong shard, such as"
        })?;
        for Example { key, on, home } in examples {
            match home {
                Some(home) => write!(f, "\n    {key} (on {on}, looked for on {home})")?,
                None => write!(f, "\n    {key} (on {on}, without a place by the rule)")?,
            }
        }
        if *keyless > 0 {
            write!(f, "\n  {keyless} rows have no key")?;
        }
        if !self.absent.is_empty() {
            write!(f, "\n  {} does not answer, and is not in these numbers", self.absent)?;
        }
        if !self.unlisted.is_empty() {
            let unlisted = &self.unlisted;
            write!(
                f,
                "\n  {unlisted} holds rows by that rule too, if there are any, and is not in this configuration; its "
            )?;
            f.write_str("keys would not be found at all, and are not in these numbers")?;
        }
        Ok(())
    }
}
