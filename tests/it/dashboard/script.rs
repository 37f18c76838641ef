//! What the page does by itself.

use super::{Browser, PINNED, browser::DESK};
use crate::support::both::{both_backends, run};
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

both_backends!(a_key_is_typed_and_found);

async fn a_key_is_typed_and_found(cluster: &TestCluster) {
    let service = Served::with(cluster, PINNED);
    let browser = Browser::open(DESK).await;
    browser.goto(&format!("{}/dashboard", service.url())).await;
    for (keyspace, key, answer) in [
        ("orders", "acme", "shard-2 by directory"),
        ("users", "49999", "shard-0 by range — key 49999 lies in the range ..50000"),
        ("users", "nobody", "no answer The key must be a 64-bit whole number"),
    ] {
        browser
            .click(&format!(
                "[name=keyspace] option:nth-child({})",
                1 + u8::from(keyspace == "users")
            ))
            .await;
        browser.type_into("[name=key]", key).await;
        browser.click("form.locate button").await;
        // By the address: the field holds the key, and a former answer stands, before the page comes.
        let come = format!("new URLSearchParams(location.search).get('key') == '{key}'");
        browser.until(&format!("{come} && document.querySelector('.answer')")).await;
        let said = browser.text(".answer").await;
        assert!(said.starts_with(answer), "{said}");
    }
    browser.check(&service.url());
}

#[test]
fn figures_change_without_the_page_being_loaded_again() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.ask("window.loaded = true").await;
        for id in 0..40 {
            service.send(
                format!("GET /users/{id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .as_bytes(),
            );
        }
        browser
            .until("Number(document.querySelector('#shard-0 [data-rate]').dataset.rate) > 1")
            .await;
        browser.until("document.querySelector('#shard-0').textContent.includes(' ms')").await;
        browser.until("document.querySelectorAll('.spark polyline').length == 3").await;
        assert_eq!(browser.ask("return window.loaded").await, true);
        browser.check(&service.url());
    });
}

#[test]
fn out_of_sight_it_asks_nothing() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.until("document.getElementById('link').textContent == 'live, every 2 s'").await;
        let hide = |hidden| {
            format!(
                "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }}); \
                 document.dispatchEvent(new Event('visibilitychange')); \
                 window.since = performance.now();"
            )
        };
        browser.ask(&hide(true)).await;
        browser.until("document.getElementById('link').textContent.startsWith('paused')").await;
        // One request may have been under way; then there are no more, for three rounds' time.
        browser.until("performance.now() - since > 3000").await;
        let asked = "performance.getEntriesByType('resource').length";
        browser.ask(&format!("window.asked = {asked}")).await;
        browser.until("performance.now() - since > 9500").await;
        assert_eq!(browser.ask(&format!("return {asked} - window.asked")).await, 0);
        browser.ask(&hide(false)).await;
        browser.until("performance.getEntriesByType('resource').length > asked").await;
        browser.until("document.getElementById('link').textContent == 'live, every 2 s'").await;
        browser.check(&service.url());
    });
}

#[test]
fn pointing_at_a_shard_shows_its_arcs_alone() {
    run(&TestCluster::sqlite(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let browser = Browser::open(DESK).await;
        browser.goto(&format!("{}/dashboard", service.url())).await;
        browser.ask(
            "document.querySelector('.holdings tr[data-s=\"1\"] td').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))",
        )
        .await;
        browser.until("document.querySelector('.ring.pick circle.on').dataset.s == '1'").await;
        browser.until("document.querySelectorAll('.ring circle.on').length == 1").await;
        browser.check(&service.url());
    });
}
