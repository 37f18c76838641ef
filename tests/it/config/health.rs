//! `[sharding.health]`: how shards are watched.

use std::time::Duration;

use shardwright::{cluster::Blueprint, config::HealthSettings};

use super::file::{one_mistake, over, problems};

fn health(piece: &str) -> HealthSettings {
    Blueprint::load_with(&over(piece), &|_| None).expect("a good file").settings.health
}

#[test]
fn what_is_not_said_is_as_usual() {
    let usual = HealthSettings {
        interval: Duration::from_secs(1),
        timeout: Duration::from_millis(500),
        unhealthy_after: 3,
        healthy_after: 1,
    };
    assert_eq!(health(""), usual);
    let some = health("[health]\ninterval = '2s'\nhealthy_after = 4");
    let interval = Duration::from_secs(2);
    assert_eq!(some, HealthSettings { interval, healthy_after: 4, ..usual });
    let more = health("[health]\ntimeout = '1s'\nunhealthy_after = 1000");
    assert_eq!((more.timeout, more.unhealthy_after), (Duration::from_secs(1), 1000));
}

#[test]
fn nothing_is_watched_in_no_time_or_judged_by_nothing() {
    for key in ["interval", "timeout"] {
        for value in ["'0s'", "1", "'soon'"] {
            let path = format!("health.{key}");
            one_mistake(&format!("[health]\n{key} = {value}"), &path, &["unit"]);
        }
    }
    for key in ["unhealthy_after", "healthy_after"] {
        for value in ["0", "-1", "1001", "'3'", "1.5"] {
            let path = format!("health.{key}");
            one_mistake(&format!("[health]\n{key} = {value}"), &path, &["from 1 to 1000"]);
        }
    }
    one_mistake("health = true", "health", &["expected a table"]);
    assert_eq!(problems("[health]\nintreval = '0s'\ntimeout = '0s'").len(), 2, "both at once");
}
