//! Ahead and behind: how a shard stands to the binary, and whether the service starts. Looking
//! leaves no trace.

use shardwright::http::Service;

use super::{is_postgres, on_both, project::Project, traces};
use crate::support::{app::TestApp, both::both_backends, cluster::TestCluster};

both_backends!(
    a_shard_that_is_ahead_is_said_to_be_and_served,
    a_shard_that_is_behind_refuses_the_start_and_names_the_command,
    a_shard_that_is_behind_is_migrated_at_the_start_if_that_is_wanted,
);
on_both!(2 => looking_at_a_fresh_cluster_leaves_no_trace, pending_is_an_exit_code);

const REFUSE: &str = "[default.sharding]\nmigrate_on_start = false\n";
const UNKNOWN: &str = "20990101000001";

async fn a_shard_that_is_ahead_is_said_to_be_and_served(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.shardwright("migration run").expect(0);
    cluster.execute(1, &format!("INSERT INTO {} (version) VALUES ('{UNKNOWN}')", traces::HISTORY));
    cluster.execute(1, "ALTER TABLE orders ADD COLUMN note text");
    let ahead = format!("shard-1: ahead of this binary: {UNKNOWN}\n");
    // At another version, and so no drift.
    let list = project.shardwright("migration list").expect(0).reports(&[&ahead]);
    assert_eq!(list.out.matches("ahead").count(), 1, "{list}");
    let json = project.shardwright("migration list --json").expect(0).json();
    assert_eq!(json["shards"][1]["ahead"], serde_json::json!([UNKNOWN]));
    assert_eq!(json["shards"][0]["ahead"], serde_json::json!([]));
    project.shardwright("migration pending").expect(0);
    project.shardwright("migration run").expect(0);
    for config in ["", REFUSE] {
        let app = TestApp::on(cluster).config(config).start().await;
        app.get("/stats").await.expect(200);
    }
}

async fn a_shard_that_is_behind_refuses_the_start_and_names_the_command(cluster: &TestCluster) {
    let project = Project::new(cluster);
    let start = async || {
        let service = Service::open(&TestApp::on(cluster).config(REFUSE).figment());
        service.expect("the configuration is good").rocket().await.map(drop)
    };
    let error = start().await.expect_err("nothing is migrated").to_string();
    assert!(error.contains("run `shardwright migration run`"), "{error}");
    project.shardwright("migration run").expect(0);
    start().await.expect("all are at the binary's schema");
    project.shardwright("migration revert --shard shard-1").expect(0);
    let error = start().await.expect_err("one is behind").to_string();
    assert!(error.starts_with("shard shard-1 is behind: "), "{error}");
    assert!(error.contains("run `shardwright migration run`"), "{error}");
    project.shardwright("migration run").expect(0);
    start().await.expect("all are at the binary's schema again");
}

async fn a_shard_that_is_behind_is_migrated_at_the_start_if_that_is_wanted(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.shardwright("migration run --shard shard-0").expect(0);
    project.shardwright("migration pending").expect(1);
    let app = TestApp::on(cluster).start().await;
    app.get("/stats").await.expect(200);
    project.shardwright("migration pending").expect(0);
    project.shardwright("migration list").expect(0);
}

fn looking_at_a_fresh_cluster_leaves_no_trace(cluster: &TestCluster) {
    let project = Project::new(cluster);
    let up = "CREATE TABLE new (id bigint PRIMARY KEY);\nCREATE INDEX i ON new (id);\n";
    project.add("2026-07-01-000001_new", up, "DROP TABLE new;");
    let plan = project.migrate("run --dry-run").expect(0);
    let of = |shard| {
        format!(
            "shard-{shard}: would apply 2026-07-01-000001_new\n    CREATE TABLE new (id bigint PRIMARY \
             KEY);\n    CREATE INDEX i ON new (id);\n"
        )
    };
    assert_eq!(plan.out, format!("{}{}", of(0), of(1)), "{plan}");
    let json = project.migrate("run --dry-run --json --shard shard-1").expect(0).json();
    let step = serde_json::json!({
        "version": "20260701000001",
        "name": "2026-07-01-000001_new",
        "action": "apply",
        "in_transaction": true,
        "sql": up,
    });
    assert_eq!(json, serde_json::json!([{ "shard": "shard-1", "steps": [step] }]));
    project.migrate("list").expect(0);
    project.migrate("pending").expect(1);
    for command in ["revert --dry-run", "revert --all --dry-run", "redo --dry-run"] {
        project.migrate(command).expect(0).reports(&["shard-1: nothing to do\n"]);
    }
    assert!((0..2).all(|shard| traces::is_untouched(cluster, shard)));
    // The migrations in the binary can be shown too.
    let plan = project.shardwright("migration run --dry-run").expect(0);
    plan.reports(&[
        "shard-0: would apply 2026-11-21-000001_create_orders",
        "    CREATE TABLE orders (",
    ]);
    assert!((0..2).all(|shard| traces::is_untouched(cluster, shard)));

    project.migrate("run").expect(0);
    let plan = project.migrate("redo --dry-run --shard shard-0").expect(0);
    plan.reports(&[
        "would revert 2026-07-01-000001_new\n    DROP TABLE new;\nshard-0: would apply ",
    ]);
    assert_eq!(traces::tables(cluster, 0), [traces::HISTORY, "new"]);
}

fn pending_is_an_exit_code(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.add("2026-07-01-000001_new", "CREATE TABLE new (id bigint)", "DROP TABLE new");
    let all = "shard-0: 2026-07-01-000001_new\nshard-1: 2026-07-01-000001_new\n";
    assert_eq!(project.migrate("pending").expect(1).out, all);
    project.migrate("run --shard shard-0").expect(0);
    assert_eq!(project.migrate("pending").expect(1).out, "shard-1: 2026-07-01-000001_new\n");
    let json = project.migrate("pending --json").expect(1).json();
    let expected = serde_json::json!([
        { "shard": "shard-0", "pending": [] },
        { "shard": "shard-1", "pending": ["2026-07-01-000001_new"] },
    ]);
    assert_eq!(json, expected);
    project.migrate("run").expect(0);
    assert_eq!(project.migrate("pending").expect(0).out, "nothing is pending\n");
    // Of a shard that can't be asked nobody can say that nothing is pending.
    if is_postgres(cluster) {
        cluster.server(1).kill();
        project
            .migrate("pending")
            .expect(1)
            .reports(&["shard-1: could not connect to shard shard-1"]);
        project.migrate("list").expect(1).reports(&["shard-1: could not connect to shard shard-1"]);
        let run = project.migrate("run").expect(1);
        run.reports(&["shard-0: nothing to do\n", "shard-1: FAILED: could not connect"]);
    }
}
