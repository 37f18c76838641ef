//! Forty shards.

use std::fmt::Write;

use super::{
    Browser,
    browser::{DESK, PHONE},
    page::first_paint,
};
use crate::support::app::TestApp;
use crate::support::both::{eventually, run};
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

const MANY: usize = 40;

/// A ring over all, and a range for each.
fn keyspaces() -> String {
    let mut toml = "[default.sharding.keyspaces.orders]\nstrategy = \"consistent_hash\"\n\
                    [default.sharding.keyspaces.users]\nstrategy = \"range\"\nranges = ["
        .to_owned();
    for i in 0..MANY {
        let start = if i > 0 { format!("start = {}, ", i * 250_000) } else { String::new() };
        let end = match i + 1 {
            MANY => String::new(),
            next => format!("end = {}, ", next * 250_000),
        };
        write!(toml, "{{ {start}{end}shard = \"shard-{i}\" }},").expect("it is text");
    }
    toml + "]\n"
}

#[test]
fn its_first_paint_is_small() {
    run(&TestCluster::sqlite(MANY), async |cluster: &TestCluster| {
        let app = TestApp::on(cluster).keyspaces(&keyspaces()).start().await;
        let looked = async || app.get("/dashboard").await.text.contains("40 of 40");
        assert!(eventually(super::LIMIT, looked).await, "they were never looked at");
        let bytes = first_paint(&app).await;
        assert!(bytes < 60_000, "{bytes} bytes");
    });
}

#[test]
fn they_fit_on_a_phone_and_on_a_desk() {
    run(&TestCluster::sqlite(MANY), async |cluster: &TestCluster| {
        let service = Served::with(cluster, &keyspaces());
        for kind in [PHONE, DESK] {
            let browser = Browser::open(kind).await;
            browser.goto(&format!("{}/dashboard", service.url())).await;
            browser.until("document.querySelectorAll('.shards tbody tr').length == 40").await;
            browser.until("document.querySelectorAll('.ring .lanes circle').length == 40").await;
            let width = browser.ask("return document.documentElement.scrollWidth").await;
            assert_eq!(width, kind.width, "it has to be scrolled sideways");
            let tall = browser.ask("return document.querySelector('.shards').offsetHeight").await;
            let line = tall.as_u64().expect("pixels") / 40;
            assert!(line < 32, "{line} pixels a shard: one line each, or nobody finds any");
            let all = browser.ask("return document.documentElement.scrollHeight").await;
            let all = all.as_u64().expect("pixels");
            assert!(all < 5_000, "{all} pixels in all");
            browser.check(&service.url());
        }
    });
}
