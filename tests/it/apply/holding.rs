//! Who holds a database: a service and a change of rules never at once.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{
    fill::MODEST,
    on_both,
    rules::{FIRST, OTHER},
    stage::Stage,
};
use crate::{
    migrate::process::Running, process::Server, process::until, support::cluster::TestCluster,
};

on_both!(3 => beside_a_service_it_refuses, beside_it_nobody_begins);

const HASTY: [&str; 2] = ["--wait", "200ms"];

fn beside_a_service_it_refuses(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    let server = stage.serve();
    let holder = match stage.cluster.backend() {
        "sqlite" => format!("process {} (", server.pid()),
        _ => "is held by shardwright at 127.0.0.1".to_owned(),
    };
    for way in [&[][..], &["--undo"]] {
        let refused = stage.apply(&OTHER, &[&HASTY[..], way].concat()).expect(1);
        refused.complains("shard shard-0 is held by").complains(&holder);
    }
    assert_eq!(server.get("/stats").status, 200, "{}", server.log());
    assert_eq!(stage.world(), before);
    drop(server);
    stage.apply(&OTHER, &[]).expect(0);
    stage.enforce(OTHER);

    // The same for one that has the new file.
    let server = stage.serve();
    stage.present = FIRST;
    stage.apply(&OTHER, &HASTY).expect(1).complains(match stage.cluster.backend() {
        "sqlite" => "process ",
        _ => "shardwright at",
    });
    drop(server);
    stage.assert_carried_out(&OTHER, "in the end");
}

/// A run that takes as long as it is looked at.
fn slow(stage: &Stage) -> Running {
    let mut run = stage.start_apply(&OTHER, &["--batch-rows", "20", "--max-rows-per-second", "20"]);
    run.says("orders: moved");
    run
}

fn beside_it_nobody_begins(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, MODEST);
    let mut run = slow(&stage);
    let holder = match stage.cluster.backend() {
        "sqlite" => "(",
        _ => "shardwright placement apply at 127.0.0.1",
    };
    let names_it = |said: &str| {
        assert!(said.contains("shard-0 is held by") && said.contains(holder), "{said}");
        assert!(said.contains("placement apply"), "{said}");
    };
    for rules in [FIRST, OTHER] {
        names_it(&stage.refused(rules));
    }
    names_it(&stage.apply(&OTHER, &HASTY).expect(1).err);
    names_it(&stage.apply(&OTHER, &["--undo", "--wait", "200ms"]).expect(1).err);
    let migration = stage.run(&["migration", "redo", "--shard", "shard-1"]).expect(1).to_string();
    assert!(migration.contains("held by") && migration.contains(holder), "{migration}");
    assert!(run.is_running());
    run.kill();
    super::kills::gone(&stage.cluster);
    stage.apply(&OTHER, &[]).expect(0);
    stage.assert_carried_out(&OTHER, "in the end");
}

fn signal(server: &Server, signal: Signal) {
    let pid = i32::try_from(server.pid()).ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, signal).expect("it is our child");
}

/// What a service holds goes with its connections. One that slept through all of that knows it
/// when it wakes.
#[test]
fn a_service_that_slept_through_it_serves_nothing() {
    let mut stage = Stage::over(TestCluster::postgres(3), FIRST, MODEST);
    let server = stage.serve();
    for id in [1, 99_999] {
        assert_eq!(server.get(&format!("/users/{id}")).status, 404);
    }
    assert_eq!(server.get("/stats").status, 200);
    signal(&server, Signal::STOP);
    let sessions = "application_name = 'shardwright' AND pid <> pg_backend_pid()";
    for shard in 0..3 {
        let end =
            format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {sessions}");
        stage.cluster.execute(shard, &end);
    }
    until("they are gone", || {
        stage.cluster.rows_per_shard("pg_stat_activity", sessions) == [0, 0, 0]
    });
    stage.apply(&OTHER, &[]).expect(0);
    signal(&server, Signal::CONT);

    for n in 0..20 {
        let user = json!({ "id": n * 5_000 + 3, "name": "Ada", "email": "ada@example.org" });
        let order = json!({
            "tenant_id": format!("tenant-{n}"), "customer_id": "c", "total_cents": 1,
            "currency": "EUR",
        });
        for answer in [
            server.get(&format!("/users/{}", n * 5_000)),
            server.get(&format!("/orders/tenant-{n}")),
            server.get("/stats"),
            server.post("/users", &user),
            server.post("/orders", &order),
        ] {
            assert_eq!(answer.status, 503, "{answer:?}; its log:\n{}", server.log());
        }
    }
    let mut health = json!(null);
    until("it is seen to be refused", || {
        health = server.get("/health/shards").json;
        (0..3).all(|shard| {
            let error = health[format!("shard-{shard}")]["error"].as_str();
            error.is_some_and(|error| error.starts_with("refused"))
        })
    });
    assert_eq!(server.get("/health/ready").status, 503, "{health}");
    drop(server);
    stage.assert_carried_out(&OTHER, "nothing was written");
    stage.enforce(OTHER);
    assert_eq!(stage.serve().get("/health/ready").status, 200);
}
