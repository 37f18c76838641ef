//! `placement suggest`.

use insta::{allow_duplicates, assert_snapshot};
use serde_json::Value;

use super::{
    check::hide_bytes,
    stage::{Plant, staged, toml},
};
use crate::process::Folder;
use crate::support::{
    app::{BY_HASH, KEYSPACES},
    both::both_backends,
    cluster::TestCluster,
};

both_backends!(
    it_evens_out_and_moves_no_more_than_it_must,
    the_proposal_is_a_configuration_that_holds,
    what_can_not_be_ranged_is_refused,
);

const ALL: [usize; 3] = [0, 1, 2];

fn users(cluster: &TestCluster, shard: usize, ids: impl Iterator<Item = i64>) {
    ids.fold(Plant::new(), |plant, id| plant.user(id, None)).on(cluster, shard);
}

fn suggested(folder: &Folder, args: &[&str]) -> Value {
    folder.run(&[&["placement", "suggest", "users", "--json"], args].concat()).expect(0).json()
}

fn ranges(suggestion: &Value) -> Vec<(Option<i64>, Option<i64>, &str)> {
    let ranges = suggestion["ranges"].as_array().expect("a list").iter();
    let range = |range: &Value| (range["start"].as_i64(), range["end"].as_i64());
    let named = ranges.clone().map(|range| range["shard"].as_str().expect("a name"));
    ranges.map(range).zip(named).map(|((start, end), shard)| (start, end, shard)).collect()
}

async fn it_evens_out_and_moves_no_more_than_it_must(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    // Two thirds on the first shard, which ends at 50000.
    users(cluster, 0, (0..600).map(|i| i * 10));
    users(cluster, 1, (0..300).map(|i| 50_000 + i));
    let two = suggested(&folder, &[]);
    assert_eq!(ranges(&two), [(None, Some(4500), "shard-0"), (Some(4500), None, "shard-1"),]);
    assert_eq!(two["moving"]["rows"], 150);
    // A third shard takes the middle, and the boundary there is stays.
    let three = suggested(&folder, &["--shards", "shard-0,shard-1,shard-2", "--by", "keys"]);
    assert_eq!(
        ranges(&three),
        [
            (None, Some(3000), "shard-0"),
            (Some(3000), Some(50_000), "shard-2"),
            (Some(50_000), None, "shard-1"),
        ]
    );
    assert_eq!(three["moving"]["keys"], 300);
    for shard in three["balance"].as_array().expect("a list") {
        assert_eq!(shard["after"]["keys"], 300, "{three}");
    }
    let before = hide_bytes(three["balance"][0]["before"].clone());
    assert_eq!(before["rows"], 600);
}

async fn the_proposal_is_a_configuration_that_holds(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, BY_HASH));
    users(cluster, 0, [i64::MIN, -1, 0, 5].into_iter());
    users(cluster, 1, [5, 6, i64::MAX].into_iter());
    let ran = folder.run(&["placement", "suggest", "users"]).expect(0);
    let toml_end = ran.stdout.find("\n\n").expect("a table follows");
    allow_duplicates! {
        assert_snapshot!(&ran.stdout[..toml_end], @r#"
        strategy = "range"
        ranges = [
          { end = 0, shard = "shard-0" },
          { start = 0, end = 6, shard = "shard-1" },
          { start = 6, shard = "shard-2" },
        ]
        "#);
    }
    let users = BY_HASH.rfind("strategy").expect("it has users");
    let new = format!("{}{}\n", &BY_HASH[..users], &ran.stdout[..toml_end]);
    std::fs::write(folder.path().join("Rocket.toml"), toml(cluster, &ALL, &new)).expect("room");
    folder.run(&["config", "check"]).expect(0);
}

async fn what_can_not_be_ranged_is_refused(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    let told = |args: &[&str], code| {
        folder.run(&[&["placement", "suggest"], args].concat()).expect(code).stderr
    };
    assert!(told(&["orders"], 2).contains("has keys that are text"));
    assert!(told(&["nobody"], 2).contains("there is no keyspace `nobody`"));
    assert!(told(&["users", "--shards", "shard-0,shard-9"], 2).contains("no shard `shard-9`"));
    assert!(told(&["users", "--shards", "shard-0,shard-0"], 2).contains("given twice"));
    assert!(told(&["users"], 1).contains("0 stored keys say nothing about ranges for 2 shards"));
}
