//! `ops::Monitor`: how shards are, known at any time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shardwright::cluster::{Builder, ShardedDb};
use shardwright::config::HealthSettings;
use shardwright::ops::migrate::{Migrator, Options, ShardReport, Task};
use shardwright::ops::{Health, Monitor, Watched, schema_admission};
use shardwright::shard::ShardConnection;
use shardwright::store::migrations;

use crate::support::both::{both_backends, eventually, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    from_the_first_moment_nothing_is_unknown,
    a_refused_shard_comes_back_once_it_is_migrated,
    it_ends_with_its_monitor,
);

postgres_only!(
    a_dead_shard_is_down_once_and_back_within_a_moment,
    a_frozen_shard_keeps_no_other_from_being_watched,
);

/// More than any of this takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(30);

/// Nothing that tests wait for.
fn quick() -> HealthSettings {
    HealthSettings {
        interval: Duration::from_millis(50),
        timeout: Duration::from_millis(300),
        ..HealthSettings::default()
    }
}

fn open(cluster: &TestCluster) -> ShardedDb {
    let add = |builder: Builder<ShardConnection>, (i, url): (usize, &String)| {
        builder.shard(&format!("shard-{i}"), url).expect("a good URL")
    };
    let shards = cluster.urls().iter().enumerate();
    let builder = shards.fold(ShardedDb::builder(), add);
    builder.admission(schema_admission(migrations::source())).build().expect("a good cluster")
}

async fn migrate(db: &ShardedDb) {
    let migrator = Migrator::new(db.clone(), migrations::source());
    let all = Options::default();
    let reports = migrator.carry_out(Task::Run, &all, Arc::new(())).await;
    assert!(reports.expect("it has these shards").iter().all(ShardReport::is_done));
}

/// Which shards are healthy.
fn up(monitor: &Monitor) -> Vec<bool> {
    monitor.snapshot().iter().map(|shard| shard.current.is_healthy()).collect()
}

async fn until_up(monitor: &Monitor, wanted: [bool; 3]) {
    let seen = eventually(LIMIT, async || up(monitor) == wanted).await;
    assert!(seen, "{wanted:?} was never seen: {monitor:?}");
}

async fn from_the_first_moment_nothing_is_unknown(cluster: &TestCluster) {
    let db = open(cluster);
    migrate(&db).await;
    let monitor = Monitor::start(&db, HealthSettings::default()).await;
    for Watched { current, since, checked, transitions } in monitor.snapshot() {
        let Health::Healthy { size, idle, latency, .. } = current.health else { panic!() };
        assert!(size >= 1 && idle <= size, "{idle} of {size}");
        assert!(latency.is_some_and(|latency| latency < LIMIT), "{latency:?}");
        assert_eq!((since, transitions), (checked, 0));
    }
}

async fn a_refused_shard_comes_back_once_it_is_migrated(cluster: &TestCluster) {
    let db = open(cluster);
    let monitor = Monitor::start(&db, quick()).await;
    let first = monitor.snapshot();
    for shard in &first {
        let Health::Unhealthy { error, refused: true } = &shard.current.health else {
            panic!("{shard:?}");
        };
        assert!(
            error.contains("create_orders, 2026-11-21-000002_create_users); have them run"),
            "{error}"
        );
        assert!(shard.current.answers() && shard.current.is_refused());
    }
    migrate(&db).await;
    until_up(&monitor, [true; 3]).await;
    for (before, after) in first.iter().zip(monitor.snapshot()) {
        assert_eq!(after.transitions, 1);
        assert!(after.since > before.since && after.checked >= after.since, "{after:?}");
    }
}

async fn it_ends_with_its_monitor(cluster: &TestCluster) {
    let db = open(cluster);
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let monitor = Monitor::start(&db, quick()).await;
    assert_eq!(tasks(), before + 3);
    drop(monitor);
    assert!(eventually(LIMIT, async || tasks() == before).await, "{} tasks", tasks());
}

async fn a_dead_shard_is_down_once_and_back_within_a_moment(cluster: &TestCluster) {
    let db = open(cluster);
    migrate(&db).await;
    let monitor = Monitor::start(&db, quick()).await;
    cluster.server(1).kill();
    until_up(&monitor, [true, false, true]).await;
    let down = monitor.snapshot().remove(1);
    let error = "unavailable".to_owned();
    assert_eq!(down.current.health, Health::Unhealthy { error, refused: false });
    // Down it stays, and that is no news.
    let later = async || monitor.snapshot()[1].checked > down.checked;
    assert!(eventually(LIMIT, later).await, "it is probed no more");
    let still = monitor.snapshot().remove(1);
    assert_eq!((still.since, still.transitions), (down.since, 1));

    cluster.server(1).start_again();
    let accepting = Instant::now();
    until_up(&monitor, [true; 3]).await;
    assert!(accepting.elapsed() < Duration::from_secs(1), "{:?}", accepting.elapsed());
    let transitions: Vec<_> = monitor.snapshot().iter().map(|shard| shard.transitions).collect();
    assert_eq!(transitions, [0, 2, 0]);
}

async fn a_frozen_shard_keeps_no_other_from_being_watched(cluster: &TestCluster) {
    let db = open(cluster);
    migrate(&db).await;
    // The first to be asked, and with all the patience there is.
    let patient = HealthSettings { timeout: LIMIT, ..quick() };
    let monitor = Monitor::start(&db, patient).await;
    cluster.server(0).freeze();
    let frozen = monitor.snapshot();
    cluster.server(2).kill();
    let asked = Instant::now();
    until_up(&monitor, [true, true, false]).await;
    let seen = async || monitor.snapshot()[1].checked > frozen[1].checked;
    assert!(eventually(LIMIT, seen).await, "shard-1 is probed no more");
    assert!(asked.elapsed() < LIMIT / 2, "held up for {:?}", asked.elapsed());
}
