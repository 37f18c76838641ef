//! The images in the manual and the README. They are taken anew when they are asked for, into a
//! folder that is named:
//!
//! ```sh
//! SHARDWRIGHT_SCREENSHOTS=target/images cargo nextest run --run-ignored only images_are_taken
//! ```
//!
//! What is kept of them in `docs/src/images` has been brought down to a palette.

use std::path::{Path, PathBuf};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Browser, PINNED,
    browser::{DESK, Kind, PHONE},
};
use crate::support::both::run;
use crate::support::cluster::TestCluster;
use crate::support::seed::Seed;
use crate::support::served::Served;

#[test]
#[ignore = "takes minutes and checks nothing: it makes the manual's images"]
fn images_are_taken_where_they_are_asked_for() {
    let folder = std::env::var_os("SHARDWRIGHT_SCREENSHOTS").map(PathBuf::from);
    let folder = folder.expect("SHARDWRIGHT_SCREENSHOTS names the folder to take them into");
    std::fs::create_dir_all(&folder).expect("disk has room");
    run(&TestCluster::postgres(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let url = service.url();
        let ended = Arc::new(AtomicBool::new(false));
        for seed in 0..2 {
            let (url, ended) = (url.clone(), Arc::clone(&ended));
            std::thread::spawn(move || customers(&url, seed, &ended));
        }
        take(&folder, &url, cluster).await;
        ended.store(true, Ordering::Relaxed);
    });
}

async fn take(folder: &Path, url: &str, cluster: &TestCluster) {
    let shots = [
        ("dashboard.png", DESK, "?keyspace=orders&key=tenant-42"),
        ("dashboard-phone.png", Kind { dark: true, ..PHONE }, ""),
    ];
    for (name, kind, query) in shots {
        shot(folder, name, kind, &format!("{url}/dashboard{query}"), "up").await;
    }
    cluster.execute(2, "CREATE INDEX by_email ON users (email)");
    cluster.server(1).kill();
    shot(folder, "dashboard-trouble.png", DESK, &format!("{url}/dashboard"), "down").await;
}

async fn shot(folder: &Path, name: &str, kind: Kind, url: &str, shard_1: &str) {
    let browser = Browser::open(kind).await;
    browser.goto(url).await;
    browser.click(".looked button").await;
    browser.goto(url).await;
    browser.until(&format!("document.getElementById('shard-1').className == '{shard_1}'")).await;
    // Long enough for a line of calls, and for the shards to have been looked at.
    browser.until("performance.now() > 40000").await;
    // As tall beside the desk's, in the README, as that is.
    let most = if kind.width == PHONE.width { 1000 } else { 4000 };
    std::fs::write(folder.join(name), browser.shoot(most).await).expect("disk has room");
}

/// Calls as customers make them: few of them often, most of them seldom, and no more than a
/// small machine that draws pages at the same time answers at ease.
#[expect(clippy::disallowed_methods, reason = "nothing is waited for; time itself is wanted")]
fn customers(url: &str, seed: u64, ended: &AtomicBool) {
    let mut seed = Seed::of(seed);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = |path: &str, body: Value| {
        let _ = agent.post(format!("{url}{path}")).send_json(&body);
    };
    // Until the service ends too, should the test fail before it says so.
    while !ended.load(Ordering::Relaxed) && agent.get(format!("{url}/health/live")).call().is_ok() {
        let tenant = format!("tenant-{}", seed.below(1 + seed.clone().below(600)));
        let id = seed.below(100_000);
        match seed.below(10) {
            0..4 => post(
                "/orders",
                json!({ "tenant_id": tenant, "customer_id": "c-1", "total_cents": 1999, "currency": "EUR" }),
            ),
            4..6 => post("/users", json!({ "id": id, "name": "Ada", "email": "ada@example.org" })),
            6..8 => drop(agent.get(format!("{url}/orders/{tenant}?limit=20")).call()),
            _ => drop(agent.get(format!("{url}/users/{id}")).call()),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
