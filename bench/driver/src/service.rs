//! A service under test: started once, loaded in its turns, ended when dropped.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    http, orders,
    pg::Port,
    stop::{self, Guarded},
    usage,
};

/// Python reads its packages first.
const START: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(8);

/// A running service.
pub(crate) struct Service {
    child: Guarded,
    /// Ours as long as the service runs.
    port: Port,
    log: PathBuf,
}

impl Service {
    /// Starts it and waits until it answers. What it says goes to the log.
    pub(crate) fn start(mut command: Command, port: Port, log: PathBuf) -> Result<Self> {
        let out = File::create(&log)?;
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            // Ctrl-C is told to us, and we end the services.
            .process_group(0);
        let child = command.spawn().with_context(|| format!("{:?}", command.get_program()))?;
        let mut service = Self { child: Guarded(child), port, log };
        let url = service.url() + &orders::path(0);
        let ready = stop::until(START, || {
            if let Some(status) = service.child.0.try_wait()? {
                bail!("it ended with {status}: {}", service.log_text());
            }
            Ok(http::get(&url).is_ok())
        })?;
        ensure!(ready, "it does not answer; its log: {}", service.log_text());
        Ok(service)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// The process that was started and all it has started.
    pub(crate) fn processes(&self) -> Vec<u32> {
        usage::family(self.child.0.id())
    }

    pub(crate) fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    /// As an operator would, since a killed parent of workers leaves them behind.
    fn drop(&mut self) {
        let family = self.processes();
        if let Some(pid) = Pid::from_raw(self.child.0.id().cast_signed()) {
            let _ = kill_process(pid, Signal::INT);
        }
        // Told to stop, nobody waits: the guard kills the parent, and these are its children.
        let _ = self.child.end_within(END);
        let left = family.iter().skip(1).filter(|pid| usage::belongs(**pid, &family));
        for pid in left.filter_map(|pid| Pid::from_raw(pid.cast_signed())) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
