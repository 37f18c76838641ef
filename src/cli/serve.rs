use figment::Figment;
use rocket::{Config, error::ErrorKind};

use super::{Outcome, telemetry};
use crate::http::Service;

/// Serves until told to stop.
pub(super) fn run(figment: &Figment) -> anyhow::Result<Outcome> {
    // Rocket tells every 404 as an error; what matters of it is said here in our words.
    telemetry::start("warn,shardwright=info,rocket=off,_=off");
    let service = Service::open(figment)?;
    rocket::execute(async { launch(service).await }).map(|()| Outcome::Done)
}

async fn launch(service: Service) -> anyhow::Result<()> {
    let rocket = service.rocket().await?;
    let config = Config::try_from(rocket.figment()).map_err(|error| anyhow::anyhow!("{error}"))?;
    match rocket.launch().await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
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
        },
    }
}
