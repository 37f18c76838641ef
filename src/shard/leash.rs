use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Handle,
    sync::oneshot::error::RecvError,
    time::{sleep, sleep_until},
};

use super::{
    Access, Deadline, Wait,
    crew::Back,
    watch::{Cut, Watch},
};

/// Holds a call that is under way, and cuts it off when its time is up.
///
/// Nor does a read go on when nobody waits for it any more. A write that was
/// begun is finished if it can be by its deadline: half the work of a caller
/// that went away helps nobody.
pub(super) struct Leash {
    watch: Arc<Watch>,
    access: Access,
    deadline: Deadline,
    done: bool,
}

impl Leash {
    pub(super) fn new(watch: Arc<Watch>, access: Access, deadline: Deadline) -> Self {
        Self { watch, access, deadline, done: false }
    }

    /// What the call's thread comes back with.
    ///
    /// # Errors
    /// What it was waiting for when the deadline passed.
    pub(super) async fn hold<T>(
        mut self,
        mut work: Back<T>,
    ) -> Result<Result<thread::Result<T>, RecvError>, Wait> {
        let deadline = Instant::from(self.deadline);
        loop {
            let alarm = self.watch.until().map_or(deadline, |until| until.min(deadline));
            tokio::select! {
                biased;
                outcome = &mut work => {
                    self.done = true;
                    return Ok(outcome);
                }
                () = self.watch.limited() => {}
                () = sleep_until(alarm.into()) => match self.deadline.has_passed() {
                    true => return Err(self.overdue()),
                    false => self.watch.cut_stage(Instant::now()),
                },
            }
        }
    }

    fn overdue(&mut self) -> Wait {
        self.done = true;
        let wait = self.watch.wait();
        cut(&self.watch, Cut::Overdue);
        wait
    }
}

impl Drop for Leash {
    /// The caller went away.
    fn drop(&mut self) {
        if self.done {
            return;
        }
        if self.access == Access::Read {
            return cut(&self.watch, Cut::Abandoned);
        }
        cut_at(&self.watch, self.deadline);
    }
}

/// Cuts a call that nobody waits for any more, once its time is up.
pub(super) fn cut_at(watch: &Arc<Watch>, deadline: Deadline) {
    if let Ok(runtime) = Handle::try_current() {
        let watch = Arc::clone(watch);
        runtime.spawn(async move {
            sleep_until(Instant::from(deadline).into()).await;
            cut(&watch, Cut::Overdue);
        });
    }
}

/// How often, and how many times, a connection that is being opened is cut: a host
/// name may have to be found out first, and there may be several.
const AGAIN: Duration = Duration::from_millis(20);
const TIMES: u32 = 500;

pub(super) fn cut(watch: &Arc<Watch>, why: Cut) {
    if watch.cut(why) {
        return;
    }
    let Ok(runtime) = Handle::try_current() else { return };
    let watch = Arc::clone(watch);
    runtime.spawn(async move {
        for _ in 0..TIMES {
            sleep(AGAIN).await;
            if watch.cut(why) {
                return;
            }
        }
    });
}
