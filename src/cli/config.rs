use figment::Figment;

use super::{Outcome, args::Config, output::Output, service};
use crate::config::to_toml;

/// Checks or shows the configuration. Touches no database.
pub(super) fn run(args: Config, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    match args {
        Config::Check => {
            service.check_server()?;
            let (shards, keyspaces) = (service.db().shards().len(), service.db().keyspaces().len());
            output.say(&format!(
                "profile {}: {shards} shards, {keyspaces} keyspaces, all in order",
                figment.profile()
            ))?;
        }
        Config::Show => output.say(to_toml(service.settings())?.trim_end())?,
    }
    Ok(Outcome::Done)
}
