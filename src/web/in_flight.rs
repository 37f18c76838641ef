use std::{sync::Arc, time::Duration};

use rocket::{
    Data, Request,
    fairing::{Fairing, Info, Kind},
};
use tokio::{sync::watch, time::timeout};

/// Counts the requests between their arrival and the end of their answer.
///
/// Rocket, told to stop, waits for all of its grace as soon as one connection is
/// open, and clients keep theirs open with nothing to ask. Who counts requests
/// need not wait for those.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<watch::Sender<usize>>);

impl InFlight {
    /// Comes back once there have been no requests for so long: a request that
    /// was sent before and is read only now still counts.
    pub async fn quiet(&self, settled: Duration) {
        let mut count = self.0.subscribe();
        // The sender is ours, so that there is always something to wait for.
        while count.wait_for(|count| *count == 0).await.is_ok() {
            if timeout(settled, count.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// One request; kept with it, and so dropped when its answer has been handed over.
struct Ticket(InFlight);

impl Ticket {
    fn take(of: &InFlight) -> Self {
        of.0.send_modify(|count| *count += 1);
        Self(of.clone())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

#[rocket::async_trait]
impl Fairing for InFlight {
    fn info(&self) -> Info {
        Info { name: "requests in flight", kind: Kind::Request | Kind::Singleton }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Ticket::take(self));
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{join, poll_immediate};

    use super::*;

    #[tokio::test]
    async fn it_is_quiet_once_the_last_answer_has_been_handed_over() {
        let in_flight = InFlight::default();
        let (one, other) = (Ticket::take(&in_flight), Ticket::take(&in_flight));
        let mut quiet = Box::pin(in_flight.quiet(Duration::ZERO));
        assert_eq!(poll_immediate(&mut quiet).await, None);
        drop(one);
        assert_eq!(poll_immediate(&mut quiet).await, None);
        join(quiet, async { drop(other) }).await;
    }
}
