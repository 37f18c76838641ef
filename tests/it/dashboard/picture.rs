//! The images in the manual, taken anew: `SHARDWRIGHT_SCREENSHOTS=docs/images` says where to.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

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
fn images_are_taken_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("SHARDWRIGHT_SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).expect("disk has room");
    let ended = AtomicBool::new(false);
    run(&TestCluster::postgres(3), async |cluster: &TestCluster| {
        let service = Served::with(cluster, PINNED);
        let url = service.url();
        std::thread::scope(|scope| {
            for seed in 0..4 {
                let (url, ended) = (&url, &ended);
                scope.spawn(move || customers(url, seed, ended));
            }
            let take = take(&folder, &url, cluster);
            // The other threads end with this one's work, however that ends.
            let done = tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current()
                    .block_on(futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(take)))
            });
            ended.store(true, Ordering::Relaxed);
            done.unwrap_or_else(|why| std::panic::resume_unwind(why));
        });
    });
}

async fn take(folder: &std::path::Path, url: &str, cluster: &TestCluster) {
    let shots = [
        ("dashboard.png", DESK, "?keyspace=orders&key=tenant-42"),
        ("dashboard-dark.png", Kind { dark: true, ..DESK }, "?keyspace=orders&key=tenant-42"),
        ("dashboard-phone.png", PHONE, ""),
        ("dashboard-phone-dark.png", Kind { dark: true, ..PHONE }, ""),
    ];
    for (name, kind, query) in shots {
        shot(folder, name, kind, &format!("{url}/dashboard{query}"), "up").await;
    }
    cluster.execute(2, "CREATE INDEX by_email ON users (email)");
    cluster.server(1).kill();
    shot(folder, "dashboard-trouble.png", DESK, &format!("{url}/dashboard"), "down").await;
}

async fn shot(folder: &std::path::Path, name: &str, kind: Kind, url: &str, shard_1: &str) {
    let browser = Browser::open(kind).await;
    browser.goto(url).await;
    browser.until("performance.now() > 45000").await;
    browser.click(".looked button").await;
    browser.goto(url).await;
    browser.until(&format!("document.getElementById('shard-1').className == '{shard_1}'")).await;
    browser.until("performance.now() > 40000").await;
    std::fs::write(folder.join(name), browser.shoot().await).expect("disk has room");
}

/// Calls as customers make them: few of them often, most of them seldom.
fn customers(url: &str, seed: u64, ended: &AtomicBool) {
    let mut seed = Seed::of(seed);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = |path: &str, body: Value| {
        let _ = agent.post(format!("{url}{path}")).send_json(&body);
    };
    while !ended.load(Ordering::Relaxed) {
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
    }
}
