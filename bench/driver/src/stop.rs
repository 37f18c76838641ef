//! Ending early: a signal is a mark, and whoever waits looks at it, so that everything started
//! is ended by its guard.

use std::{
    process::{Child, ExitStatus},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use signal_hook::{consts::TERM_SIGNALS, flag};

static TOLD: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Marks signals from here on. One is often sent twice, so the second does no more than the first.
pub(crate) fn watch() -> Result<()> {
    let told = TOLD.get_or_init(Arc::default);
    for signal in TERM_SIGNALS {
        flag::register(*signal, Arc::clone(told))?;
    }
    Ok(())
}

fn check() -> Result<()> {
    if TOLD.get().is_some_and(|told| told.load(Ordering::Relaxed)) {
        bail!("told to stop");
    }
    Ok(())
}

/// Asks every few milliseconds whether it is so; whether it was within the limit.
pub(crate) fn until(limit: Duration, mut so: impl FnMut() -> Result<bool>) -> Result<bool> {
    let end = Instant::now() + limit;
    while !so()? {
        check()?;
        if Instant::now() > end {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(true)
}

/// A program that does not outlive us, as long as we end in order.
pub(crate) struct Guarded(pub(crate) Child);

impl Guarded {
    /// Waits for its end; it is killed if that takes too long.
    pub(crate) fn end_within(&mut self, limit: Duration) -> Result<ExitStatus> {
        let mut ended = None;
        until(limit, || {
            ended = self.0.try_wait()?;
            Ok(ended.is_some())
        })?;
        ended.ok_or_else(|| anyhow::anyhow!("it did not end within {limit:?}"))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
