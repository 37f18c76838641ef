//! `ops::Inspector`: what the shards hold, known at any time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use shardwright::http::Service;
use shardwright::key::{KeyspaceName, ShardId};
use shardwright::ops::identity::IdentityError;
use shardwright::ops::migrate::{Options, ShardReport, Task};
use shardwright::ops::{Counted, Inspection, Inspector, Tally};
use shardwright::store::{migrations, tables::declared};

use crate::support::app::TestApp;
use crate::support::both::{both_backends, eventually, postgres_only, run};
use crate::support::cluster::TestCluster;
use crate::support::files::Files;

both_backends!(
    migrations_and_rows_of_every_shard_are_known,
    a_shard_that_differs_is_named_with_what_differs,
    a_stranger_is_known_by_what_it_says,
    what_is_not_there_is_not_counted,
    it_looks_again_when_asked,
);

postgres_only!(
    a_dead_shard_costs_only_itself,
    a_frozen_shard_is_known_as_such,
    a_shard_that_hangs_is_asked_once_at_a_time,
);

/// More than any of this takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(60);
/// A round that comes of itself does not come in a test.
const NEVER: Duration = Duration::from_secs(3600);

fn open(cluster: &TestCluster) -> Service {
    Service::open(&TestApp::on(cluster).figment()).expect("a good configuration")
}

async fn migrate(service: &Service) {
    let reports = service.migrator().carry_out(Task::Run, &Options::default(), Arc::new(())).await;
    assert!(reports.expect("it has these shards").iter().all(ShardReport::is_done));
}

fn start(service: &Service) -> Inspector {
    Inspector::start(service.db(), service.guard(), migrations::source(), declared(), NEVER)
}

/// After that many rounds.
async fn seen(inspector: &Inspector, rounds: u64) -> Arc<Inspection> {
    let waited = tokio::time::timeout(LIMIT, inspector.completed(rounds)).await;
    waited.unwrap_or_else(|_| panic!("round {rounds} did not end: {inspector:?}"));
    inspector.snapshot()
}

fn counts(seen: &Inspection, keyspace: &str) -> Vec<Option<Counted>> {
    let keyspace = KeyspaceName::new(keyspace).expect("a good name");
    seen.shards.iter().map(|shard| shard.count(&keyspace).map(|count| count.counted)).collect()
}

fn tally(keys: u64, rows: u64) -> Option<Counted> {
    Some(Counted::Exactly(Tally { keys, rows }))
}

fn orders(cluster: &TestCluster, shard: usize, tenant: &str, n: u8) {
    for i in 0..n {
        let id = match cluster.backend() {
            "sqlite" => format!("x'{}'", format!("{i:02x}").repeat(16)),
            _ => format!("'{}'", format!("{i:02x}").repeat(16)),
        };
        cluster.execute(
            shard,
            &format!(
                "INSERT INTO orders (tenant_id, order_id, customer_id, status, total_cents, \
                 currency, created_at) VALUES ('{tenant}', {id}, 'c', 'placed', 1, 'EUR', \
                 '2026-01-01 00:00:00+00:00')"
            ),
        );
    }
}

async fn migrations_and_rows_of_every_shard_are_known(cluster: &TestCluster) {
    let service = open(cluster);
    migrate(&service).await;
    orders(cluster, 1, "acme", 3);
    orders(cluster, 1, "other", 1);
    cluster.execute(
        2,
        "INSERT INTO users (id, name, email, created_at) VALUES (7, 'Ada', 'ada@example.org', \
         '2026-01-01 00:00:00+00:00')",
    );
    let inspector = start(&service);
    let seen = seen(&inspector, 1).await;
    assert_eq!(seen.shards.len(), 3);
    for shard in &seen.shards {
        let found = shard.found.as_ref().unwrap_or_else(|| panic!("nothing of {shard:?}"));
        assert_eq!((shard.pending(), shard.trouble, &found.identity), (Some(0), None, &None));
        assert_eq!(found.status.known.len(), found.status.applied.len());
    }
    assert_eq!(counts(&seen, "orders"), [tally(0, 0), tally(2, 4), tally(0, 0)]);
    assert_eq!(counts(&seen, "users"), [tally(0, 0), tally(0, 0), tally(1, 1)]);
    assert!(seen.drifted.is_empty(), "{:?}", seen.drifted);
    assert!(seen.finished.is_some());
}

async fn a_shard_that_differs_is_named_with_what_differs(cluster: &TestCluster) {
    let service = open(cluster);
    migrate(&service).await;
    cluster.execute(2, "CREATE INDEX of_mine ON users (email)");
    let seen = seen(&start(&service), 1).await;
    let shards: Vec<_> = seen.drifted.iter().map(|drifted| drifted.shard.as_str()).collect();
    assert_eq!(shards, ["shard-2"]);
    let odd = ShardId::new("shard-2").expect("a good name");
    let drift = seen.drift_of(&odd).expect("it is the odd one");
    let words: Vec<_> = drift.differences.iter().map(ToString::to_string).collect();
    assert!(words.len() == 1 && words[0].starts_with("index of_mine is extra"), "{words:?}");
}

async fn a_stranger_is_known_by_what_it_says(cluster: &TestCluster) {
    let service = open(cluster);
    migrate(&service).await;
    cluster.execute(0, "UPDATE shardwright_shard SET shard_id = 'shard-9'");
    cluster.execute(1, "DELETE FROM shardwright_shard");
    let seen = seen(&start(&service), 1).await;
    let identity = |i: usize| seen.shards[i].found.as_ref().and_then(|f| f.identity.clone());
    assert!(matches!(identity(0), Some(IdentityError::OtherShard { .. })), "{:?}", identity(0));
    assert!(matches!(identity(1), Some(IdentityError::Nameless { .. })), "{:?}", identity(1));
    assert_eq!(identity(2), None);
}

async fn what_is_not_there_is_not_counted(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE of_mine (n BIGINT)");
    let service = open(cluster);
    let seen = seen(&start(&service), 1).await;
    for shard in &seen.shards {
        assert!(shard.pending() > Some(0), "{shard:?}");
    }
    assert_eq!(counts(&seen, "orders"), [Some(Counted::Failed); 3]);
}

/// Not that it has never been migrated, nor that it does not say who it is.
#[test]
fn of_a_file_that_is_missing_that_alone_is_known() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = open(cluster);
        let inspector = start(&service);
        for shard in &seen(&inspector, 1).await.shards {
            assert_eq!(shard.trouble, Some("file missing"), "{shard:?}");
            assert!(shard.found.is_none() && shard.counts.is_empty(), "{shard:?}");
        }
        migrate(&service).await;
        Files::of(cluster, 1).take_away();
        inspector.refresh();
        let seen = seen(&inspector, 2).await;
        let trouble: Vec<_> = seen.shards.iter().map(|shard| shard.trouble).collect();
        assert_eq!(trouble, [None, Some("file missing"), None]);
    });
}

async fn it_looks_again_when_asked(cluster: &TestCluster) {
    let service = open(cluster);
    let inspector = start(&service);
    seen(&inspector, 1).await;
    migrate(&service).await;
    for _ in 0..50 {
        inspector.refresh();
    }
    let seen = seen(&inspector, 2).await;
    assert!(seen.shards.iter().all(|shard| shard.pending() == Some(0)), "{seen:?}");
    // Asked for fifty times at once, it is done once, or once more if it had begun.
    assert!(inspector.snapshot().round <= 3, "{}", inspector.snapshot().round);
}

async fn a_dead_shard_costs_only_itself(cluster: &TestCluster) {
    let service = open(cluster);
    migrate(&service).await;
    let inspector = start(&service);
    seen(&inspector, 1).await;
    cluster.server(1).kill();
    inspector.refresh();
    let dead = seen(&inspector, 2).await;
    assert_eq!(dead.shards[1].trouble, Some("unavailable"));
    assert_eq!(dead.shards[1].pending(), Some(0), "what it said before is still known");
    for shard in [0, 2] {
        let (before, now) = (dead.shards[shard].found.as_ref(), dead.shards[shard].asked);
        assert!(before.is_some_and(|found| now.is_some_and(|now| found.at >= now)));
    }
    cluster.server(1).start_again();
    inspector.refresh();
    assert_eq!(seen(&inspector, 3).await.shards[1].trouble, None);
}

async fn a_frozen_shard_is_known_as_such(cluster: &TestCluster) {
    let service = open(cluster);
    migrate(&service).await;
    cluster.server(1).freeze();
    let inspector = start(&service);
    let frozen = seen(&inspector, 1).await;
    assert_eq!(frozen.shards[1].trouble, Some("no answer"), "{:?}", frozen.shards[1]);
    assert!(frozen.shards[0].found.is_some() && frozen.shards[2].found.is_some());
    cluster.server(1).thaw();
    let back = async || {
        inspector.refresh();
        inspector.snapshot().shards[1].trouble.is_none()
    };
    assert!(eventually(LIMIT, back).await, "{:?}", inspector.snapshot().shards[1]);
}

/// Frozen in the middle of a look, it never answers that; a second look would wait for it too.
async fn a_shard_that_hangs_is_asked_once_at_a_time(cluster: &TestCluster) {
    let patient = "[default.sharding.pool]\nconnect_timeout = \"40s\"";
    let figment = TestApp::on(cluster).config(patient).figment();
    let service = Service::open(&figment).expect("a good configuration");
    migrate(&service).await;
    let mut holder = cluster.connection(1);
    holder
        .batch_execute("BEGIN; LOCK TABLE shardwright_shard IN ACCESS EXCLUSIVE MODE")
        .expect("nobody else holds it");
    let inspector = start(&service);
    let waits = "SELECT FROM pg_locks WHERE NOT granted";
    assert!(eventually(LIMIT, async || cluster.execute(1, waits) > 0).await, "it never looked");
    cluster.server(1).freeze();
    let first = seen(&inspector, 1).await;
    let again = Instant::now();
    inspector.refresh();
    let second = seen(&inspector, 2).await;
    let took = again.elapsed();
    // Before anything can fail here: what hangs on it would keep the test from ending.
    cluster.server(1).thaw();
    holder.batch_execute("COMMIT").expect("it is back");
    assert_eq!([&first, &second].map(|seen| seen.shards[1].trouble), [Some("no answer"); 2]);
    assert!(took < Duration::from_secs(6), "{took:?}: it was asked beside the first look");
    let back = async || {
        inspector.refresh();
        inspector.snapshot().shards[1].trouble.is_none()
    };
    assert!(eventually(LIMIT, back).await, "{:?}", inspector.snapshot().shards[1]);
}
