//! The page as the server makes it, without a browser.

use std::time::{Duration, Instant};

use super::PINNED;
use crate::support::app::{BY_REGION, TestApp};
use crate::support::both::{both_backends, eventually, postgres_only};
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(
    every_part_is_there,
    it_answers_where_a_key_lives,
    what_is_typed_is_text_and_never_markup,
    regions_are_a_table,
    it_loads_nothing_but_its_own_files,
    its_files_are_kept_as_long_as_they_are_the_same,
);

postgres_only!(it_waits_for_no_shard);

async fn page(app: &TestApp, query: &str) -> Response {
    app.get(&format!("/dashboard{query}")).await.expect(200)
}

#[track_caller]
fn holds(page: &Response, words: &[&str]) {
    for word in words {
        assert!(page.text.contains(word), "{word} is not in {}", page.text);
    }
}

async fn every_part_is_there(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(PINNED).start().await;
    // Looked at once, or its tables are empty.
    let looked = async || page(&app, "").await.text.contains("create_users");
    assert!(eventually(super::LIMIT, looked).await);
    let page = page(&app, "").await;
    holds(&page, &["shard-0", "shard-1", "shard-2", "breaker closed", "Every shard is up"]);
    holds(&page, &["450", "34.34 %", "32.36 %", "33.31 %", "lowest", "50000", "highest"]);
    holds(&page, &["2 keys are pinned", "<code>acme</code> to shard-2", cluster.backend()]);
    assert!(page.header("Content-Type").is_some_and(|kind| kind.starts_with("text/html")));
}

async fn it_answers_where_a_key_lives(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(PINNED).start().await;
    let found = page(&app, "?keyspace=orders&key=acme&region=").await;
    holds(&found, &["pinned here; its consistent_hash rule would have it on shard-1"]);
    let ring = page(&app, "?keyspace=orders&key=tenant-7").await;
    let why = app.get("/route/orders/tenant-7").await;
    holds(&ring, &[why.str("why"), "class=\"needle\""]);
    let range = page(&app, "?keyspace=users&key=50000").await;
    holds(&range, &["key 50000 lies in the range 50000..", "class=\"needle\""]);
    for (query, words) in [
        ("?keyspace=users&key=x", "must be a 64-bit whole number"),
        ("?keyspace=nowhere&key=x", "nowhere"),
        ("?keyspace=orders&key=x&region=%07", "The region must not hold control characters"),
    ] {
        let wrong = page(&app, query).await;
        holds(&wrong, &[words, "role=\"alert\""]);
    }
}

async fn what_is_typed_is_text_and_never_markup(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for evil in ["<script>alert(1)</script>", "\"><img src=x>", "'\"<"] {
        let typed = segment(evil);
        for query in [
            format!("?keyspace=orders&key={typed}"),
            format!("?keyspace={typed}&key=1"),
            format!("?keyspace=users&key={typed}&region={typed}"),
        ] {
            let page = page(&app, &query).await;
            assert!(!page.text.contains(evil), "{query}: {}", page.text);
            holds(&page, &["&lt;"]);
        }
    }
}

fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn regions_are_a_table(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    let asked = page(&app, "?keyspace=users&key=7&region=eu").await;
    holds(&asked, &["<th scope=\"row\">asia</th>", "region eu is this shard"]);
    holds(&page(&app, "?keyspace=users&key=7").await, &["the key carries none"]);
}

async fn it_loads_nothing_but_its_own_files(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let page = page(&app, "").await;
    let policy = page.header("Content-Security-Policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"));
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert!(!page.text.contains("style=\"") && !page.text.contains("://"), "{}", page.text);
    holds(&app.get("/dashboard/live").await.expect(200), &["id=\"now\"", "shard-2"]);
    let bytes = first_paint(&app).await;
    assert!(bytes < 30_000, "{bytes} bytes for three shards");
}

/// The bytes of the page and of everything it loads.
pub(super) async fn first_paint(app: &TestApp) -> usize {
    let page = page(app, "").await;
    let mut bytes = page.text.len();
    let linked = page.text.split(['"']).filter(|text| text.starts_with("/dashboard/"));
    let mut files: Vec<_> = linked.filter(|link| link.contains("?v=")).collect();
    files.dedup();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        bytes += app.get(file).await.expect(200).text.len();
    }
    bytes
}

async fn its_files_are_kept_as_long_as_they_are_the_same(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let page = page(&app, "").await;
    let (_, version) = page.text.split_once("style.css?v=").expect("it has a style");
    let version = version.split('"').next().expect("the attribute ends");
    for (file, kind) in
        [("style.css", "text/css"), ("live.js", "text/javascript"), ("icon.svg", "image/svg+xml")]
    {
        let kept = app.get(&format!("/dashboard/{file}?v={version}")).await.expect(200);
        assert!(kept.header("Content-Type").is_some_and(|own| own.starts_with(kind)), "{kept}");
        assert_eq!(
            kept.header("Cache-Control"),
            Some("private, max-age=31536000, immutable"),
            "{file}"
        );
        let other = app.get(&format!("/dashboard/{file}?v=other")).await.expect(200);
        assert_eq!(other.header("Cache-Control"), Some("no-cache"), "{file}");
    }
}

async fn it_waits_for_no_shard(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    (0..3).for_each(|shard| cluster.server(shard).freeze());
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        let asked = Instant::now();
        page(&app, "?keyspace=orders&key=acme").await;
        app.get("/dashboard/live").await.expect(200);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
    (0..3).for_each(|shard| cluster.server(shard).thaw());
}
