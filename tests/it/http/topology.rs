//! `/topology`: what there is, without how to get in.

use serde_json::Value;

use crate::support::app::{BY_REGION, TestApp};
use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    shards_and_rules_are_shown,
    another_strategy_is_shown_as_such,
    pins_of_a_file_are_counted,
);

postgres_only!(dead_shards_are_still_shown);

/// Replaces the backend, in which the two runs of a test differ, after checking it.
fn without_backends(mut topology: Value, backend: &str) -> Value {
    let shards = topology["shards"].as_object_mut().expect("shards by name");
    for shard in shards.values_mut() {
        assert_eq!(shard["backend"], backend);
        shard["backend"] = "[backend]".into();
    }
    topology
}

async fn shards_and_rules_are_shown(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let topology = app.get("/topology").await.expect(200).json;
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(without_backends(topology, cluster.backend()), @r#"
        {
          "keyspaces": {
            "orders": {
              "fingerprint": "fc13ad725a0a4aab0378181af4fd193b",
              "shards": [
                "shard-0",
                "shard-1",
                "shard-2"
              ],
              "strategy": "consistent_hash",
              "virtual_nodes": 150,
              "weights": {
                "shard-0": 1,
                "shard-1": 1,
                "shard-2": 1
              }
            },
            "users": {
              "allow_gaps": false,
              "fingerprint": "15d3a8e6cd2c271af73479a409d8e51b",
              "ranges": [
                {
                  "end": 50000,
                  "shard": "shard-0",
                  "start": null
                },
                {
                  "end": null,
                  "shard": "shard-1",
                  "start": 50000
                }
              ],
              "shards": [
                "shard-0",
                "shard-1"
              ],
              "strategy": "range"
            }
          },
          "shards": {
            "shard-0": {
              "backend": "[backend]"
            },
            "shard-1": {
              "backend": "[backend]"
            },
            "shard-2": {
              "backend": "[backend]"
            }
          }
        }
        "#);
    }
}

async fn another_strategy_is_shown_as_such(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    let topology = app.get("/topology").await.expect(200).json;
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(topology["keyspaces"]["users"], @r#"
        {
          "default": null,
          "fingerprint": "2fd5e849ad589a3489c55ae7a07870e5",
          "regions": {
            "asia": "shard-2",
            "eu": "shard-0",
            "us": "shard-1"
          },
          "shards": [
            "shard-0",
            "shard-1",
            "shard-2"
          ],
          "strategy": "region"
        }
        "#);
    }
}

/// There may be too many to show, and where the file is concerns nobody outside.
async fn pins_of_a_file_are_counted(cluster: &TestCluster) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("pins.csv");
    std::fs::write(&file, "acme,shard-2\nother,shard-1\n").expect("disk has room");
    let by_region = BY_REGION.replace(
        "[default.sharding.keyspaces.orders]",
        &format!("[default.sharding.keyspaces.orders]\npins_file = '{}'", file.display()),
    );
    let pins = "[default.sharding.keyspaces.orders.pins]\nmine = 'shard-0'";
    let app = TestApp::on(cluster).keyspaces(&by_region).config(pins).start().await;
    let orders = app.get("/topology").await.expect(200).json["keyspaces"]["orders"].clone();
    assert_eq!(orders["pins"], serde_json::json!({ "mine": "shard-0" }));
    assert_eq!(orders["pins_in_file"], 2);
    assert!(!orders.to_string().contains("pins.csv"), "{orders}");
    assert_eq!(app.get("/route/orders/acme").await.expect(200).shard(), "shard-2");
}

async fn dead_shards_are_still_shown(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let before = app.get("/topology").await.expect(200).json;
    cluster.server(0).kill();
    assert_eq!(app.get("/topology").await.expect(200).json, before);
}
