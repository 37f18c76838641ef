//! How long and how strict: short and lenient in the ordinary suite, the contract's own numbers
//! when run by `tests/chaos`.

use std::path::PathBuf;
use std::time::Duration;

/// What the environment asks for.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// `SHARDWRIGHT_CHAOS_SECONDS`: how long a fault lasts.
    pub(super) fault: Duration,
    /// `SHARDWRIGHT_CHAOS_PAIRS`: how often the neighbours' p99 is compared without and with it.
    pub(super) pairs: usize,
    /// `SHARDWRIGHT_CHAOS_RETURN_MS`: from when the server accepts to the first success on it.
    pub(super) comeback: Duration,
    /// `SHARDWRIGHT_CHAOS_QUICK_MS`: how long a 503 takes once it is known that the shard is gone.
    pub(super) quick: Duration,
    /// `SHARDWRIGHT_CHAOS_REPORT`: a file that a line for each result is added to.
    pub(super) report: Option<PathBuf>,
}

impl Settings {
    pub(super) fn from_env() -> Settings {
        let ms = |name, otherwise| Duration::from_millis(number(name).unwrap_or(otherwise));
        Settings {
            fault: Duration::from_secs(number("SHARDWRIGHT_CHAOS_SECONDS").unwrap_or(4)),
            pairs: number("SHARDWRIGHT_CHAOS_PAIRS").unwrap_or(0) as usize,
            comeback: ms("SHARDWRIGHT_CHAOS_RETURN_MS", 3000),
            quick: ms("SHARDWRIGHT_CHAOS_QUICK_MS", 50),
            report: std::env::var_os("SHARDWRIGHT_CHAOS_REPORT").map(PathBuf::from),
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a whole number")))
}
