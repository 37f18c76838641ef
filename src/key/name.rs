use thiserror::Error;

/// The longest shard or keyspace name, in bytes. Postgres cuts identifiers at
/// 63, and names end up in identifiers, file names and metric labels.
const LONGEST: usize = 63;

/// A name that can't be a shard's or a keyspace's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// There is nothing in it.
    #[error("a name can't be empty")]
    Empty,
    /// It is longer than names may be.
    #[error("`{0}` is longer than {LONGEST} characters")]
    TooLong(String),
    /// It holds a character that would need escaping in a URL, a file name or a label.
    #[error("`{name}` holds {bad:?}: use letters, digits, `-`, `_` and `.`")]
    Character {
        /// The name as given.
        name: String,
        /// The first character that is not allowed.
        bad: char,
    },
}

/// Checks what shard and keyspace names have in common.
pub(super) fn check(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(bad) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c))) {
        return Err(NameError::Character { name: name.to_owned(), bad });
    }
    if name.len() > LONGEST {
        return Err(NameError::TooLong(name.to_owned()));
    }
    Ok(())
}

/// Makes a name type of its own: the shards' and the keyspaces' obey the same
/// rules, and must never be taken for one another.
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Takes a name of 1 to 63 letters, digits, `-`, `_` and `.`.
            ///
            /// # Errors
            /// [`NameError`](crate::key::NameError) says what about the name won't do.
            pub fn new(name: &str) -> Result<Self, $crate::key::NameError> {
                $crate::key::name::check(name)?;
                Ok(Self(name.into()))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::key::NameError;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::new(name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

pub(super) use name_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass_and_others_say_why() {
        for good in ["shard-0", "eu", "US_east.1", "0"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check(""), Err(NameError::Empty));
        assert_eq!(
            check("shard 0"),
            Err(NameError::Character { name: "shard 0".into(), bad: ' ' })
        );
        assert_eq!(check(&"x".repeat(63)), Ok(()));
        assert!(matches!(check(&"x".repeat(64)), Err(NameError::TooLong(_))));
    }
}
