use crate::ops::migrate::Stop;

/// Ctrl-C has the work stop where it can be stopped, which `what` says; a second
/// one ends the process as usual.
pub(super) fn stop_on_interrupt(stop: &Stop, what: &'static str) -> impl Drop + use<> {
    let stop = stop.clone();
    let watching = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            tracing::warn!("stopping: {what}");
            stop.request();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    struct Watching(tokio::task::JoinHandle<()>);
    impl Drop for Watching {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    Watching(watching)
}
