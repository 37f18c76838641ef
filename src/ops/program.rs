use std::{error::Error, fmt};

use super::StartError;

/// Whose program it is that works on the shards, and so by what its operators do what a
/// start refuses to do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Program {
    /// The reference service: by `shardwright` and its commands.
    Service,
    /// An application with tables of its own, which that knows nothing of: by commands of its
    /// own, which call the library.
    Application,
}

/// A start that was refused, told in the words that fit the program.
#[derive(Debug)]
pub struct LaunchError {
    /// Why.
    pub cause: Box<StartError>,
    /// Whose operators are told.
    pub program: Program,
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause.told(self.program))
    }
}

impl Error for LaunchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
