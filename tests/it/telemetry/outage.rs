//! A shard that goes is seen in the metrics, and so is its return.

use super::exposition::Scrape;
use crate::support::app::TestApp;
use crate::support::both::postgres_only;
use crate::support::cluster::TestCluster;
use crate::support::until::until;

postgres_only!(a_shard_that_goes_is_seen);

const OPEN: &str = "shardwright_shard_breaker_state{shard=\"shard-1\",state=\"open\"}";
const HALF_OPEN: &str = "shardwright_shard_breaker_state{shard=\"shard-1\",state=\"half_open\"}";

async fn a_shard_that_goes_is_seen(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    cluster.server(1).kill();
    let seen = async || {
        app.get("/users/60000").await.expect(503);
        let scrape = Scrape::of(&app).await;
        scrape.count("shardwright_shard_up{shard=\"shard-1\"}") == 0
            && scrape.count(OPEN) + scrape.count(HALF_OPEN) == 1
    };
    until("it is seen to be gone", seen).await;
    app.get("/stats").await.expect(503);
    let scrape = Scrape::of(&app).await;
    assert!(scrape.count("shardwright_shard_breaker_opened_total{shard=\"shard-1\"}") >= 1);
    let failures = scrape.like("shardwright_shard_failures_total{class=");
    let of_it = failures.filter(|(name, count)| name.contains("shard-1") && *count > 0.0);
    assert!(of_it.count() >= 1, "{}", scrape.text());
    assert_eq!(scrape.count("shardwright_scatter_partial_total{keyspace=\"orders\"}"), 1);
    assert_eq!(scrape.count("shardwright_scatter_missing_shards_total{keyspace=\"orders\"}"), 1);
    assert_eq!(scrape.count("shardwright_shard_up{shard=\"shard-0\"}"), 1);

    cluster.server(1).start_again();
    let back = async || {
        let scrape = Scrape::of(&app).await;
        scrape.count("shardwright_shard_up{shard=\"shard-1\"}") == 1 && scrape.count(OPEN) == 0
    };
    until("it is seen to be back", back).await;
}
