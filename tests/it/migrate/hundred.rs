//! A hundred shards in one process.

use serde_json::Value;

use super::{five, project::Project};
use crate::support::cluster::TestCluster;

#[test]
fn a_hundred_shards_are_migrated_in_one_go() {
    let cluster = &TestCluster::sqlite(100);
    // The service's own check: the pools together within Rocket's blocking threads.
    let project = Project::with(cluster, "[default.sharding.pool]\nmax_size = 2\n");
    five::add(&project);
    let run = project.migrate("run --json").expect(0);
    let json = run.json();
    let shards = json["shards"].as_array().expect("a list");
    let names: Vec<_> = shards.iter().filter_map(|shard| shard["shard"].as_str()).collect();
    let mut expected: Vec<String> = (0..100).map(|n| format!("shard-{n}")).collect();
    expected.sort();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for shard in shards {
        assert_eq!(shard["outcome"], "done", "{shard:#}");
        assert_eq!(shard["steps"].as_array().map(Vec::len), Some(5), "{shard:#}");
    }
    assert_eq!(json["drift"], Value::Array(Vec::new()));
    five::assert_complete(cluster, "on a hundred");
    let again = project.migrate("run --wave 7").expect(0);
    assert_eq!(again.out.matches(": nothing to do\n").count(), 100, "{again}");
}
