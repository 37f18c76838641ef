use std::time::Duration;

use figment::Figment;
use rocket::{Config, error::ErrorKind};
use tracing::warn;

use super::{Outcome, telemetry};
use crate::{cluster::ShardedDb, http::Service};

/// How long connections have to be closed in, once requests have ended or were cut off.
const CLOSING: Duration = Duration::from_secs(1);

/// Serves until told to stop.
pub(super) fn run(figment: &Figment) -> anyhow::Result<Outcome> {
    // Rocket tells every 404 as an error; what matters of it is said here in our words.
    telemetry::start("warn,shardwright=info,rocket=off,_=off");
    let service = Service::open(figment)?;
    rocket::execute(async { launch(service).await }).map(|()| Outcome::Done)
}

async fn launch(service: Service) -> anyhow::Result<()> {
    let db = service.db().clone();
    let rocket = service.rocket().await?;
    let config = Config::try_from(rocket.figment()).map_err(|error| anyhow::anyhow!("{error}"))?;
    // With the server ends what it has in the background: nobody asks shards any more.
    let ended = rocket.launch().await.map(drop);
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

/// Ends every connection as servers expect it, rather than with the process.
async fn close(db: &ShardedDb) {
    for shard in db.drain(CLOSING).await {
        warn!(%shard, "connections are still in use, and end with the process");
    }
}
