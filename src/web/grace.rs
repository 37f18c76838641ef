//! How long a service that was told to stop lets requests finish.

use std::time::Duration;

use figment::Figment;
use rocket::{Config, config::Shutdown};
use tracing::warn;

const GRACE: &str = "shutdown.grace";

/// Rocket's own time of grace is shorter than what a request may take, and would
/// cut it off. Unless somebody has set it, it is the deadline and a second more.
pub(crate) fn over(figment: &Figment, deadline: Duration) -> Figment {
    match is_rockets_own(figment) {
        true => figment.clone().merge((GRACE, enough(deadline))),
        false => figment.clone(),
    }
}

/// Says so if somebody has set it shorter than a request may take.
pub(crate) fn check(config: &Config, deadline: Duration) {
    let grace = config.shutdown.grace;
    if Duration::from_secs(grace.into()) < deadline {
        warn!(
            "shutdown.grace is {grace} s and a request may take {deadline:?}: stopping cuts off \
             those that take longer; set it to at least {}",
            enough(deadline)
        );
    }
}

/// In whole seconds, as Rocket counts it.
fn enough(deadline: Duration) -> u64 {
    deadline.as_secs() + u64::from(deadline.subsec_nanos() > 0) + 1
}

fn is_rockets_own(figment: &Figment) -> bool {
    let set_by = figment.find_metadata(GRACE).map(|metadata| metadata.name.as_ref());
    let is_default =
        figment.extract_inner(GRACE).is_ok_and(|set: u32| set == Shutdown::default().grace);
    set_by.is_none_or(|name| name.starts_with("rocket::Config") && is_default)
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format, Toml};

    use super::*;

    fn grace(figment: &Figment, deadline: Duration) -> u32 {
        Config::try_from(over(figment, deadline)).expect("a good configuration").shutdown.grace
    }

    #[test]
    fn it_is_longer_than_any_request() {
        let rocket = Figment::from(Config::debug_default());
        for (millis, seconds) in [(5000, 6), (5001, 7), (1, 2), (60_000, 61)] {
            assert_eq!(grace(&rocket, Duration::from_millis(millis)), seconds);
        }
        let mercy = rocket.merge(Toml::string("[default.shutdown]\nmercy = 9").nested());
        let config = Config::from(over(&mercy, Duration::from_secs(5)));
        assert_eq!((config.shutdown.grace, config.shutdown.mercy), (6, 9));
    }

    #[test]
    fn what_somebody_has_set_stays() {
        let rocket = Figment::from(Config::debug_default());
        let deadline = Duration::from_secs(5);
        for file in ["[default.shutdown]\ngrace = 2", "[debug.shutdown]\ngrace = 2"] {
            let set = rocket.clone().merge(Toml::string(file).nested());
            assert_eq!(grace(&set, deadline), 2, "{file}");
        }
        let other = "[release.shutdown]\ngrace = 30";
        let set = rocket.clone().merge(Toml::string(other).nested());
        assert_eq!(grace(&set, deadline), 6, "another profile's");
        let shutdown = Shutdown { grace: 9, ..Shutdown::default() };
        let set = Figment::from(Config { shutdown, ..Config::debug_default() });
        assert_eq!(grace(&set, deadline), 9, "set in code");
    }
}
