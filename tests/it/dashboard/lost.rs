//! What the page says while things fail.

use super::{
    Browser,
    browser::{DESK, PHONE},
    looks::FAINT,
};
use crate::support::both::run;
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

/// Up or down, as the table has it.
fn is(shard: usize, state: &str) -> String {
    format!("document.getElementById('shard-{shard}').className == '{state}'")
}

/// Words in the list of what needs someone.
fn told(words: &str) -> String {
    format!("document.querySelector('[aria-live]').textContent.includes('{words}')")
}

#[test]
fn a_killed_shard_is_said_to_be_down_and_then_to_be_back() {
    run(&TestCluster::postgres(3), async |cluster: &TestCluster| {
        let service = Served::start(cluster);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.until(&told("Every shard is up")).await;
        browser.ask("window.same = document.getElementById('shard-1')").await;

        // With figures in the table it is as wide as it gets.
        for id in (0..80).map(|i| i * 1250) {
            let get = format!("GET /users/{id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            service.send(get.as_bytes());
        }
        browser.until("document.querySelector('#shard-1').textContent.includes(' ms')").await;

        cluster.server(1).kill();
        browser.until(&is(1, "down")).await;
        browser.until(&told("shard-1 is down since")).await;
        browser.until("document.title == '1 not up: Shardwright, 3 shards'").await;
        assert!(browser.text(".readouts").await.contains("2 of 3"));
        browser.until(&format!("{} && {}", is(0, "up"), is(2, "up"))).await;
        assert_eq!(browser.ask(FAINT).await, serde_json::json!([]), "faint beside the alarm");
        for kind in [PHONE, DESK] {
            browser.resize(kind.width.into(), 900);
            let width = browser.ask("return document.documentElement.scrollWidth").await;
            assert_eq!(width, kind.width, "the alarm has to be scrolled sideways");
        }

        cluster.server(1).start_again();
        browser.until(&is(1, "up")).await;
        browser.until(&format!("!({})", told("shard-1 is down"))).await;
        browser.until("document.title == 'Shardwright, 3 shards'").await;
        let same = browser.ask("return same === document.getElementById('shard-1')").await;
        assert_eq!(same, true, "the page was changed where it need not be");
        browser.check(&service.url());
    });
}

#[test]
fn a_service_that_does_not_answer_is_not_taken_for_shards_that_are_well() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let mut service = Served::start(cluster);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.until("document.getElementById('link').textContent == 'live, every 2 s'").await;
        service.kill();
        let says = "document.querySelector('#link.lost')?.textContent.startsWith('the service does not answer; figures are of ')";
        browser.until(&format!("{says} && document.body.matches('.stale')")).await;
        browser.check_but(&service.url(), "ERR_CONNECTION_REFUSED");
    });
}

#[test]
fn drift_is_seen_when_it_is_looked_for() {
    run(&TestCluster::postgres(3), async |cluster: &TestCluster| {
        let service = Served::start(cluster);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.until("document.querySelector('.matrix')").await;
        cluster.execute(2, "CREATE INDEX of_mine ON users (email)");
        cluster.execute(0, "UPDATE shardwright_shard SET shard_id = 'shard-9'");
        browser.click(".looked button").await;
        browser.until(&told("shard-2 differs from shard-0: index of_mine is extra")).await;
        browser.until(&told("says it is shard-9")).await;
        browser.check(&service.url());
    });
}
