use std::{pin::pin, time::Duration};

use figment::Figment;
use rocket::{Build, Config, Rocket, error::ErrorKind};
use tokio::time::timeout;
use tracing::warn;

use super::Outcome;
use crate::{cluster::ShardedDb, http::Service, web::InFlight};

/// How long no request may have come or gone before the last is taken to be answered.
/// A request is gone when its answer has been handed to the server, which may have to
/// send some tens of kB to a client far away.
const SETTLED: Duration = Duration::from_secs(1);
/// How long connections have to be closed in, once requests have ended or were cut off.
const CLOSING: Duration = Duration::from_secs(1);

/// Serves until told to stop.
pub(super) fn run(figment: &Figment) -> anyhow::Result<Outcome> {
    let service = Service::open(figment)?;
    rocket::execute(async { launch(service).await }).map(|()| Outcome::Done)
}

async fn launch(service: Service) -> anyhow::Result<()> {
    let db = service.db().clone();
    let rocket = service.rocket().await?;
    let config = Config::try_from(rocket.figment()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let ended = until_told_to_stop(rocket).await;
    close(&db).await;
    ended.or_else(|error| match error.kind() {
        ErrorKind::Bind(cause) => {
            anyhow::bail!(
                "can't listen on {}:{}: {cause}; set ROCKET_PORT or ROCKET_ADDRESS",
                config.address,
                config.port
            )
        }
        // Its Debug would print the whole server.
        ErrorKind::Shutdown(..) => {
            anyhow::bail!("some requests were cut off when the time of grace was over")
        }
        kind => anyhow::bail!("the server could not be launched: {kind}"),
    })
}

/// Launches the server; comes back once it was told to stop and the requests in
/// flight have been answered, or the time of grace is over.
#[allow(clippy::result_large_err, reason = "Rocket's own type")]
async fn until_told_to_stop(rocket: Rocket<Build>) -> Result<(), rocket::Error> {
    let rocket = rocket.ignite().await?;
    let in_flight = rocket.state::<InFlight>().cloned().unwrap_or_default();
    let shutdown = rocket.shutdown();
    let grace = Duration::from_secs(rocket.config().shutdown.grace.into());
    let mut answered = pin!(async {
        shutdown.await;
        timeout(grace, in_flight.quiet(SETTLED)).await.is_ok()
    });
    let mut launched = pin!(rocket.launch());
    tokio::select! {
        all = &mut answered => if all { Ok(()) } else { launched.await.map(drop) },
        ended = &mut launched => match ended {
            // Told to stop in the wrong moment, Rocket does not wait for anything: it looks
            // whether it was, then whether it accepts no more connections, which it does
            // not once it was. The requests go on as long as we are here.
            Err(error) if is_shutdown(&error) && answered.await => Ok(()),
            ended => ended.map(drop),
        },
    }
}

fn is_shutdown(error: &rocket::Error) -> bool {
    matches!(error.kind(), ErrorKind::Shutdown(..))
}

/// Ends every connection as servers expect it, rather than with the process.
async fn close(db: &ShardedDb) {
    for shard in db.drain(CLOSING).await {
        warn!(%shard, "connections are still in use, and end with the process");
    }
}
