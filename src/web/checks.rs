//! What a configuration must hold beside a valid cluster, for Rocket to serve it.

use figment::Figment;
use rocket::Config;

use crate::config::{Problems, Sharding, without_source};

/// Whether Rocket can read its own part.
pub(crate) fn rocket(figment: &Figment, problems: &mut Problems) {
    let Err(error) = Config::try_from(figment) else { return };
    for message in error.into_iter().map(|error| without_source(&error.to_string())) {
        // A file that can't be read at all has been told of.
        if !problems.iter().any(|problem| problem.message == message) {
            problems.add("rocket", message);
        }
    }
}

/// Whether there is a thread for every connection of the pools.
pub(crate) fn threads(settings: &Sharding, max_blocking: usize, problems: &mut Problems) {
    let connections = settings.connections();
    if connections > max_blocking {
        problems.add(
            "max_blocking",
            format!(
                "is {max_blocking}, and the pools together have {connections} connections, each \
                 of which needs a thread; set it to at least {connections}, or lower max_size or \
                 max_total"
            ),
        );
    }
}
