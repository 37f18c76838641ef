//! A shard that goes is seen in the metrics, and so is its return.

use super::exposition::Scrape;
use crate::support::app::TestApp;
use crate::support::both::postgres_only;
use crate::support::cluster::TestCluster;
use crate::support::until::until;

postgres_only!(a_shard_that_goes_is_seen);

const OPEN: &str = "shardwright_shard_breaker_state{shard=\"shard-1\",state=\"open\"}";
const HALF_OPEN: &str = "shardwright_shard_breaker_state{shard=\"shard-1\",state=\"half_open\"}";

/// Of shard-1's series of that beginning, those that hold these words.
fn sum(scrape: &Scrape, start: &str, words: &str) -> f64 {
    let of_it = scrape.like(start).filter(|(name, _)| name.contains("shard=\"shard-1\""));
    of_it.filter(|(name, _)| name.contains(words)).map(|(_, value)| value).sum()
}

async fn a_shard_that_goes_is_seen(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let timed = |scrape: &Scrape| sum(scrape, "shardwright_shard_call_duration_seconds_count{", "");
    let timed_before = timed(&Scrape::of(&app).await);
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
    // What is refused at once takes no time that says anything of the shard.
    let failed = sum(&scrape, "shardwright_shard_failures_total{", "");
    let at_once = sum(&scrape, "shardwright_shard_failures_total{", "class=\"breaker_open\"");
    assert!(at_once > 0.0, "{}", scrape.text());
    assert_eq!(timed(&scrape) - timed_before, failed - at_once, "{}", scrape.text());
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
