//! What a warm connection is not told: who is it, is it alive, where does a transaction begin.

use futures::future::join_all;
use serde_json::{Value, json};

use super::heard::{ALONE, Heard, talkative};
use crate::support::app::{BY_HASH, TestApp};
use crate::support::both::run;
use crate::support::cluster::TestCluster;

/// What a service says to its server in the course of twenty rounds, after ten to get warm.
pub(super) fn said(ask: impl AsyncFn(&TestApp, i64)) -> Heard {
    let mut heard = None;
    run(&talkative(), async |cluster: &TestCluster| {
        let app = TestApp::on(cluster).keyspaces(BY_HASH).config(ALONE).start().await;
        for round in 0..10 {
            ask(&app, round).await;
        }
        let before = Heard::by(cluster);
        for round in 10..30 {
            ask(&app, round).await;
        }
        heard = Some(Heard::by(cluster).since(&before));
    });
    let heard = heard.expect("it ran");
    assert!(heard.executed().len() >= 20, "{heard:#?}");
    heard
}

#[track_caller]
pub(super) fn assert_prepared_once(heard: &Heard) {
    assert_eq!(heard.prepared(), Vec::<&str>::new(), "prepared again");
}

fn order() -> Value {
    json!({ "tenant_id": "acme", "customer_id": "c", "total_cents": 1, "currency": "EUR" })
}

fn user(id: i64) -> Value {
    json!({ "id": id, "name": "n", "email": "a@example.org" })
}

/// One alone, and crowds of several sizes, of orders and users.
pub(super) async fn inserts(app: &TestApp, round: i64) {
    let mut id = round * 1000..;
    for crowd in [1, 2, 10, 30] {
        let posts = async |body: Value, path: &str| app.post(path, &body).await.expect(201);
        join_all((0..crowd).map(|_| posts(order(), "/orders"))).await;
        join_all(id.by_ref().take(crowd).map(|id| posts(user(id), "/users"))).await;
    }
}

/// The same of reads.
async fn reads(app: &TestApp, round: i64) {
    let paths = [format!("/users/{round}"), format!("/orders/acme/{}", uuid::Uuid::now_v7())];
    app.post("/users", &user(round)).await.expect(201);
    for crowd in [1, 2, 10, 30] {
        for path in &paths {
            join_all((0..crowd).map(|_| app.get(path))).await;
        }
    }
}

#[test]
fn requests_neither_ask_whether_it_is_alive_nor_begin_transactions() {
    let heard = said(async |app, round| {
        inserts(app, round).await;
        app.get(&format!("/users/{}", round * 1000)).await.expect(200);
        app.get("/orders/acme?limit=20").await.expect(200);
        app.get("/stats").await.expect(200);
    });
    assert_eq!((heard.pings(), heard.texts()), (0, Vec::new()));
    let shared = heard.executed().iter().filter(|m| m.contains("unnest(")).count();
    assert!(shared >= 20, "none shared a statement: {heard:#?}");
    let again: Vec<_> = heard.prepared().into_iter().filter(|m| m.contains("unnest(")).collect();
    assert_eq!(again, Vec::<&str>::new(), "the same for any number of rows");
}

#[test]
fn point_reads_are_prepared_once() {
    let heard = said(async |app, round| reads(app, round).await);
    let reads: Vec<_> = heard.prepared().into_iter().filter(|m| !m.contains("INSERT")).collect();
    assert_eq!(reads, Vec::<&str>::new(), "prepared again");
    let shared = heard.executed().iter().filter(|m| m.contains("unnest(")).count();
    assert!(shared >= 20, "none shared a statement: {heard:#?}");
}

#[test]
fn lists_are_prepared_once() {
    assert_prepared_once(&said(async |app, _| {
        app.get("/orders/acme?limit=20").await.expect(200);
        app.get("/orders/acme?limit=7&offset=3").await.expect(200);
        app.get("/users?limit=5").await.expect(200);
    }));
}
