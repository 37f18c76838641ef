//! A SQLite shard whose file is taken away, as clients and operators see it.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use futures::future::join;
use serde_json::Value;

use super::{order_of, tenants_on};
use crate::support::app::TestApp;
use crate::support::both::{eventually, run};
use crate::support::cluster::TestCluster;
use crate::support::files::Files;

/// More than the default thresholds take on a machine that is not itself frozen.
const NOTICED: Duration = Duration::from_secs(15);
/// One shard serves both keyspaces, so that the service is ready if and only if it is.
const ALONE: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    shards = ["shard-0"]
    [default.sharding.keyspaces.users]
    strategy = "consistent_hash"
    shards = ["shard-0"]
"#;

async fn start(cluster: &TestCluster) -> TestApp {
    TestApp::on(cluster).keyspaces(ALONE).start().await
}

/// What `/health/shards` says is wrong with the first shard.
async fn trouble(app: &TestApp) -> Option<String> {
    let health = app.get("/health/shards").await.expect(200).json;
    health["shard-0"]["error"].as_str().map(str::to_owned)
}

async fn until_it_is(app: &TestApp, wanted: &str) {
    let told = async || trouble(app).await.is_some_and(|error| error.contains(wanted));
    assert!(eventually(NOTICED, told).await, "never told of: {wanted}; {:?}", trouble(app).await);
}

async fn until_well(app: &TestApp) {
    let well =
        async || trouble(app).await.is_none() && app.get("/health/ready").await.status == 200;
    assert!(eventually(NOTICED, well).await, "still {:?}", trouble(app).await);
}

/// A copy of a shard as it is now, whole and in one file.
fn copy(cluster: &TestCluster, shard: usize, to: &Path) {
    cluster.execute(shard, &format!("VACUUM INTO '{}'", to.display()));
}

/// Counts the answers to orders that are posted one after the other until it is over.
async fn keep_ordering(app: &TestApp, over: &Cell<bool>) -> Answers {
    let mut answers = Answers::default();
    while !over.get() {
        let answer = app.post("/orders", &order_of("acme")).await;
        match answer.status {
            201 => answers.acknowledged += 1,
            _ if answer.json["outcome"] == "unknown" => answers.unknown += 1,
            _ => answers.refused += 1,
        }
        tokio::task::yield_now().await;
    }
    answers
}

#[derive(Debug, Default)]
struct Answers {
    acknowledged: usize,
    unknown: usize,
    refused: usize,
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_it_is_renamed_and_put_back() {
    run(&TestCluster::sqlite(2), async |cluster: &TestCluster| {
        let app = start(cluster).await;
        let files = Files::of(cluster, 0);
        let over = Cell::new(false);
        let move_about = async {
            for _ in 0..5 {
                until_well(&app).await;
                files.take_away();
                until_it_is(&app, "file missing").await;
                assert!(!files.0.exists(), "another was made in its place");
                files.put_back();
            }
            until_well(&app).await;
            over.set(true);
        };
        let (answers, ()) = join(keep_ordering(&app, &over), move_about).await;
        assert!(answers.acknowledged > 5 && answers.refused > 5, "{answers:?}");
        let stored = usize::try_from(cluster.rows_per_shard("orders", "1 = 1")[0]);
        let stored = stored.expect("a count");
        let most = answers.acknowledged + answers.unknown;
        assert!((answers.acknowledged..=most).contains(&stored), "{stored} of {answers:?}");
    });
}

#[test]
fn one_that_is_missing_is_told_of_everywhere() {
    run(&TestCluster::sqlite(2), async |cluster: &TestCluster| {
        let app = start(cluster).await;
        let files = Files::of(cluster, 0);
        app.post("/orders", &order_of("acme")).await.expect(201);
        files.take_away();
        let problem = app.post("/orders", &order_of("acme")).await.expect(503);
        assert_eq!(problem.json["outcome"], Value::Null, "nothing was sent: {problem}");
        let words = problem.json["detail"].as_str().unwrap_or_default();
        assert!(words.contains("no file where its own should be"), "{problem}");
        until_it_is(&app, "file missing").await;
        app.get("/health/ready").await.expect(503);
        let page = app.get("/dashboard").await.expect(200).text;
        assert!(
            page.contains("file missing") && page.contains("sharding.shards.shard-0.url"),
            "{page}"
        );
        assert!(!files.0.exists(), "another was made in its place");
        files.put_back();
        until_well(&app).await;
        app.post("/orders", &order_of("acme")).await.expect(201);
        assert_eq!(cluster.rows_per_shard("orders", "1 = 1")[0], 2);
    });
}

#[test]
fn in_its_place_a_copy_of_another_shard_is_not_served_from() {
    run(&TestCluster::sqlite(2), async |cluster: &TestCluster| {
        let app = TestApp::on(cluster).start().await;
        let tenants = tenants_on(&app, "shard-0", 1).await;
        let order = order_of(&tenants[0]);
        app.post("/orders", &order).await.expect(201);
        let files = Files::of(cluster, 0);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (strange, own) = (folder.path().join("1.db"), folder.path().join("0.db"));
        copy(cluster, 1, &strange);
        copy(cluster, 0, &own);
        for (file, says) in [(&strange, Some("says it is shard-1")), (&own, None)] {
            files.take_away();
            files.clear_log();
            files.replace_by(file);
            match says {
                Some(says) => {
                    until_it_is(&app, says).await;
                    app.post("/orders", &order).await.expect(503);
                    app.get("/health/ready").await.expect(503);
                }
                None => until_well(&app).await,
            }
        }
        app.post("/orders", &order).await.expect(201);
        assert_eq!(cluster.rows_per_shard("orders", "1 = 1"), [2, 0]);
    });
}
