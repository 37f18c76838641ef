//! The figures of `placement plan` beside a count of what was planted.

use std::collections::BTreeMap;

use serde_json::Value;
use shardwright::key::ShardKey;

use super::stage::{Plant, changed, dump, home, staged, toml};
use crate::support::{
    app::{BY_HASH, BY_REGION, KEYSPACES},
    both::both_backends,
    cluster::TestCluster,
    seed::Seed,
};

both_backends!(its_figures_are_those_of_a_naive_count);

const ALL: [usize; 3] = [0, 1, 2];
const HALVES: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    [default.sharding.keyspaces.users]
    strategy = "range"
    ranges = [ { end = 250, shard = "shard-0" }, { start = 250, shard = "shard-1" } ]
"#;

/// Keys, rows by keyspace, each with its shard.
type Stored = Vec<(&'static str, String, usize, u64)>;

/// Tenants and users where a configuration has them, and some elsewhere.
fn plant(cluster: &TestCluster, config: &str, seed: &mut Seed) -> Stored {
    let mut stored = Stored::new();
    for i in 0..120 {
        let tenant = format!("tenant-{i}");
        let right = home(config, "orders", &ShardKey::text(&tenant));
        let shard = if i % 20 == 0 { seed.below(3) } else { right };
        stored.push(("orders", tenant, shard, 1 + seed.below(9) as u64));
    }
    for id in 0..200 {
        let right = home(config, "users", &ShardKey::int(id * 3));
        stored.push(("users", (id * 3).to_string(), right, 1));
    }
    for shard in ALL {
        let here = stored.iter().filter(|(_, _, at, _)| *at == shard);
        let plant = here.fold(Plant::new(), |plant, (keyspace, key, _, rows)| match *keyspace {
            "orders" => plant.orders(key, *rows),
            _ => plant.user(key.parse().expect("a number"), Some("eu")),
        });
        plant.on(cluster, shard);
    }
    stored
}

#[expect(clippy::print_stdout, reason = "what repeats the run must be told")]
async fn its_figures_are_those_of_a_naive_count(cluster: &TestCluster) {
    let mut seed = Seed::from_env();
    println!("SHARDWRIGHT_SEED={}", seed.first());
    let before = toml(cluster, &[0, 1], HALVES);
    let folder = staged(&toml(cluster, &ALL, HALVES));
    folder.run(&["config", "check"]).expect(0);
    std::fs::write(folder.path().join("Rocket.toml"), &before).expect("disk has room");
    let stored = plant(cluster, &before, &mut seed);
    let untouched = dump(cluster);
    for keyspaces in [HALVES, KEYSPACES, BY_HASH, BY_REGION] {
        let after = toml(cluster, &ALL, keyspaces);
        let new = changed(&folder, &after);
        let plan = folder.run(&["placement", "plan", "--config", new, "--json", "--top", "7"]);
        let plan = plan.expect(0).json();
        for keyspace in ["orders", "users"] {
            let of = |p: &&Value| p["keyspace"] == keyspace;
            let plan = plan["keyspaces"].as_array().expect("a list").iter().find(of);
            compare(plan.expect("it is planned"), keyspace, &stored, &after);
        }
    }
    assert_eq!(dump(cluster), untouched, "a plan changes nothing");
}

fn compare(plan: &Value, keyspace: &str, stored: &Stored, after: &str) {
    let mut pairs: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    let mut shards: BTreeMap<String, [(u64, u64); 2]> =
        ALL.iter().map(|i| (format!("shard-{i}"), Default::default())).collect();
    let mut movers = Vec::new();
    let mut total = (0, 0);
    for (of, key, from, rows) in stored {
        if *of != keyspace {
            continue;
        }
        let to = match keyspace {
            "orders" => home(after, keyspace, &ShardKey::text(key)),
            _ => home(after, keyspace, &ShardKey::int(key.parse().expect("an id")).in_region("eu")),
        };
        let (from, to) = (format!("shard-{from}"), format!("shard-{to}"));
        let add = |sum: &mut (u64, u64)| *sum = (sum.0 + 1, sum.1 + rows);
        add(&mut total);
        add(&mut shards.get_mut(&from).expect("a shard")[0]);
        add(&mut shards.get_mut(&to).expect("a shard")[1]);
        if from != to {
            add(pairs.entry((from, to)).or_default());
            movers.push(*rows);
        }
    }
    movers.sort_unstable_by(|a, b| b.cmp(a));
    movers.truncate(7);
    let number = |value: &Value, name: &str| value[name].as_u64().expect("a number");
    let amount = |value: &Value| (number(value, "keys"), number(value, "rows"));
    let list = |name: &str| plan[name].as_array().expect("a list").clone();
    let name = |value: &Value, name: &str| value[name].as_str().expect("a name").to_owned();
    let told: BTreeMap<_, _> = list("pairs")
        .iter()
        .map(|pair| ((name(pair, "from"), name(pair, "to")), amount(pair)))
        .collect();
    assert_eq!(told, pairs, "{keyspace}");
    let balance: BTreeMap<_, _> = list("balance")
        .iter()
        .map(|shard| (name(shard, "shard"), [amount(&shard["before"]), amount(&shard["after"])]))
        .collect();
    assert_eq!(balance, shards, "{keyspace}");
    let largest: Vec<_> = list("largest").iter().map(|mover| number(mover, "rows")).collect();
    assert_eq!(largest, movers, "{keyspace}");
    assert_eq!(amount(&plan["stored"]), total);
    let moving = pairs.values().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    assert_eq!(amount(&plan["moving"]), moving);
    let bytes = |values: Vec<Value>| values.iter().map(|v| number(v, "bytes")).sum::<u64>();
    assert_eq!(bytes(list("pairs")), number(&plan["moving"], "bytes"));
    for side in ["before", "after"] {
        let of_shards = list("balance").iter().map(|shard| shard[side].clone()).collect();
        assert_eq!(bytes(of_shards), number(&plan["stored"], "bytes"), "{side}");
    }
}
