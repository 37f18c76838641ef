//! A terminal that is closed, or a session that ends, tells its programs by `SIGHUP`.

use figment::Figment;
use rocket::config::Shutdown;

const SIGNALS: &str = "shutdown.signals";

/// By Rocket's own settings it would end the process at once. Unless somebody has set
/// otherwise, it stops a service as `SIGTERM` does, if whoever started the process (`nohup`)
/// has not had it ignored.
pub(super) fn over(figment: &Figment) -> Figment {
    match is_rockets_own(figment) && is_ignored() == Some(false) {
        true => figment.clone().merge((SIGNALS, ["term", "hup"])),
        false => figment.clone(),
    }
}

fn is_rockets_own(figment: &Figment) -> bool {
    let set_by = figment.find_metadata(SIGNALS).map(|metadata| metadata.name.as_ref());
    let is_default = figment
        .extract_inner::<Shutdown>("shutdown")
        .is_ok_and(|set| set.signals == Shutdown::default().signals);
    set_by.is_none_or(|name| name.starts_with("rocket::Config") && is_default)
}

/// As Linux tells it; elsewhere it would take unsafe code to ask, and all stays as it is.
fn is_ignored() -> Option<bool> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    let mask = u64::from_str_radix(ignored.trim(), 16).ok()?;
    // The first signal of all.
    Some(mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use figment::providers::{Format, Toml};
    use rocket::Config;

    use super::*;

    #[test]
    fn what_somebody_has_set_stays() {
        let rocket = Figment::from(Config::debug_default());
        let signals = |figment: &Figment| {
            Config::try_from(over(figment)).expect("a good configuration").shutdown.signals.len()
        };
        assert_eq!(signals(&rocket), if is_ignored() == Some(false) { 2 } else { 1 });
        for set in ["[]", "['usr1']", "['term']"] {
            let file = format!("[default.shutdown]\nsignals = {set}");
            let set = rocket.clone().merge(Toml::string(&file).nested());
            assert!(signals(&set) < 2, "{file}");
        }
        let other = rocket.merge(Toml::string("[default.shutdown]\nmercy = 9").nested());
        assert_eq!(signals(&other), if is_ignored() == Some(false) { 2 } else { 1 });
    }
}
