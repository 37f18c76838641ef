use std::time::Duration;

use futures::future::{Either, select};
use tokio::time::sleep;

use super::ApplyError;
use crate::ops::migrate::Stop;

/// How often it is asked whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Waits, but no longer than until it is asked to stop: for what may take long and
/// does nothing.
pub(super) async fn unless_stopped<T>(
    stop: &Stop,
    wait: impl Future<Output = T>,
) -> Result<T, ApplyError> {
    let asked = async {
        while !stop.is_requested() {
            sleep(LOOK).await;
        }
    };
    match select(Box::pin(wait), Box::pin(asked)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(ApplyError::Stopped),
    }
}
