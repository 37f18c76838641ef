//! `placement plan`.

use std::collections::BTreeMap;

use insta::{allow_duplicates, assert_snapshot};
use serde_json::Value;
use shardwright::key::ShardKey;

use super::{
    check::hide_bytes,
    stage::{Plant, changed, dump, home, staged, toml},
};
use crate::process::Folder;
use crate::support::{
    app::{BY_HASH, BY_REGION, KEYSPACES},
    both::both_backends,
    cluster::{PASSWORD, TestCluster},
    seed::Seed,
};

both_backends!(
    its_figures_are_those_of_a_naive_count,
    a_plan_for_people,
    what_would_go_wrong_is_told,
    a_file_that_does_not_fit_is_refused,
);

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

/// The same without what the backend makes of sizes.
fn without_sizes(text: &str) -> String {
    let number = |word: &str| word.parse::<f64>().is_ok();
    let mut shown = String::new();
    for line in text.lines() {
        let mut words: Vec<_> = line.split_whitespace().collect();
        while let Some(unit) =
            words.windows(2).position(|w| number(w[0]) && ["B", "KiB"].contains(&w[1]))
        {
            words.splice(unit..unit + 2, ["[size]"]);
        }
        shown.push_str(&words.join(" "));
        shown.push('\n');
    }
    shown
}

async fn a_plan_for_people(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    let ids = |from, to| (from..to).fold(Plant::new(), |plant, id| plant.user(id, None));
    ids(0, 8).on(cluster, 0);
    ids(50_000, 50_002).on(cluster, 1);
    let new = KEYSPACES.replace("50000", "6");
    let new = changed(&folder, &toml(cluster, &ALL, &new));
    let ran = folder.run(&["placement", "plan", "--config", new, "--top", "1"]).expect(0);
    allow_duplicates! {
        assert_snapshot!(without_sizes(&ran.stdout), @r"
        orders: the rule does not change; nothing is stored
        users: the rule changes; 2 of 10 keys move (20.0 %), with 2 of 10 rows (20.0 %) and [size]

        FROM TO KEYS ROWS SIZE
        shard-0 shard-1 2 2 [size]

        SHARD KEYS ROWS SIZE SHARE -> KEYS ROWS SIZE SHARE
        shard-0 8 8 [size] 80.0 % 6 6 [size] 60.0 %
        shard-1 2 2 [size] 20.0 % 4 4 [size] 40.0 %
        shard-2 0 0 [size] 0.0 % 0 0 [size] 0.0 %

        LARGEST ROWS SIZE FROM TO
        6 1 [size] shard-0 shard-1
        ");
    }
}

async fn what_would_go_wrong_is_told(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, BY_REGION));
    // Under ranges, 7 and 7 come together; under regions, 9 has no place.
    Plant::new().user(7, Some("eu")).on(cluster, 0);
    Plant::new().user(7, Some("us")).on(cluster, 1);
    Plant::new().user(9, None).user(8, Some("eu")).on(cluster, 2);
    let new = changed(&folder, &toml(cluster, &ALL, KEYSPACES));
    let ran = folder.run(&["placement", "plan", "--config", new, "--json"]).expect(0);
    let users = hide_bytes(ran.json()["keyspaces"][1].take());
    allow_duplicates! {
        assert_snapshot!(format!("{users:#}"), @r#"
        {
          "balance": [
            {
              "after": {
                "bytes": "[bytes]",
                "keys": 4,
                "rows": 4,
                "share": 1.0
              },
              "before": {
                "bytes": "[bytes]",
                "keys": 1,
                "rows": 1,
                "share": 0.25
              },
              "shard": "shard-0"
            },
            {
              "after": {
                "bytes": 0,
                "keys": 0,
                "rows": 0,
                "share": 0.0
              },
              "before": {
                "bytes": "[bytes]",
                "keys": 1,
                "rows": 1,
                "share": 0.25
              },
              "shard": "shard-1"
            },
            {
              "after": {
                "bytes": 0,
                "keys": 0,
                "rows": 0,
                "share": 0.0
              },
              "before": {
                "bytes": "[bytes]",
                "keys": 2,
                "rows": 2,
                "share": 0.5
              },
              "shard": "shard-2"
            }
          ],
          "changes": true,
          "collisions": {
            "keys": 1,
            "listed": [
              {
                "from": [
                  "shard-0",
                  "shard-1"
                ],
                "key": 7,
                "to": "shard-0"
              }
            ],
            "rows": 2
          },
          "keyless": {},
          "keyspace": "users",
          "largest": [
            {
              "bytes": "[bytes]",
              "from": "shard-1",
              "key": 7,
              "region": "us",
              "rows": 1,
              "to": "shard-0"
            },
            {
              "bytes": "[bytes]",
              "from": "shard-2",
              "key": 8,
              "region": "eu",
              "rows": 1,
              "to": "shard-0"
            },
            {
              "bytes": "[bytes]",
              "from": "shard-2",
              "key": 9,
              "rows": 1,
              "to": "shard-0"
            }
          ],
          "misplaced": {
            "keys": 2,
            "listed": [
              {
                "home": "shard-0",
                "key": 8,
                "on": [
                  {
                    "bytes": "[bytes]",
                    "rows": 1,
                    "shard": "shard-2"
                  }
                ],
                "region": "eu"
              },
              {
                "error": "this keyspace is placed by region, and the key carries none",
                "home": null,
                "key": 9,
                "on": [
                  {
                    "bytes": "[bytes]",
                    "rows": 1,
                    "shard": "shard-2"
                  }
                ]
              }
            ],
            "rows": 2
          },
          "moving": {
            "bytes": "[bytes]",
            "keys": 3,
            "rows": 3
          },
          "pairs": [
            {
              "bytes": "[bytes]",
              "from": "shard-1",
              "keys": 1,
              "rows": 1,
              "to": "shard-0"
            },
            {
              "bytes": "[bytes]",
              "from": "shard-2",
              "keys": 2,
              "rows": 2,
              "to": "shard-0"
            }
          ],
          "stored": {
            "bytes": "[bytes]",
            "keys": 4,
            "rows": 4
          },
          "twice": {
            "keys": 0,
            "listed": [],
            "rows": 0
          },
          "unplaceable": {
            "keys": 0,
            "listed": [],
            "rows": 0
          }
        }
        "#);
    }
    let gap = "ranges = [ { start = 8, end = 9, shard = \"shard-0\" } ]\n    allow_gaps = true\n";
    let start = KEYSPACES.find("ranges").expect("users have ranges");
    let new = changed(&folder, &toml(cluster, &ALL, &format!("{}{gap}", &KEYSPACES[..start])));
    let ran = folder.run(&["placement", "plan", "--config", new]).expect(0);
    assert!(
        ran.stdout.contains("3 keys (3 rows) without a place under the new rule:"),
        "{}",
        ran.stdout
    );
}

async fn a_file_that_does_not_fit_is_refused(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    let told = |new: &str, code| {
        let ran = folder.run(&["placement", "plan", "--config", new]).expect(code);
        assert_eq!(ran.stdout, "");
        assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        ran.stderr
    };
    assert!(told("gone.toml", 2).contains("there is no file gone.toml"));
    let swapped = toml(cluster, &[0, 1], KEYSPACES)
        .replace("shards.shard-0", "shards.other")
        .replace("shards.shard-1", "shards.shard-0")
        .replace("shards.other", "shards.shard-1");
    let new = changed(&folder, &swapped);
    assert!(told(new, 2).contains("give the new database a new name"));
    // What the service needs, the new file must have too.
    let start = KEYSPACES.find("[default.sharding.keyspaces.users]").expect("it has users");
    let new = changed(&folder, &toml(cluster, &ALL, &KEYSPACES[..start]));
    let complaint = told(new, 2);
    assert!(complaint.contains("NEW.toml") && complaint.contains("keyspaces.users"), "{complaint}");
    let new = changed(&folder, "[default]\nsharding = {");
    assert!(told(new, 2).contains("NEW.toml"));
}

#[test]
fn a_new_file_is_not_made_and_relative_ones_are_beside_it() {
    let folder = Folder::fresh();
    folder.run(&["migration", "run"]).expect(0);
    let files = folder.files();
    let toml = std::fs::read_to_string(folder.path().join("Rocket.toml")).expect("it is there");
    let more = "[default.sharding.shards.shard-3]\nurl = \"sqlite://data/shard-3.db\"\n";
    std::fs::create_dir(folder.path().join("below")).expect("disk has room");
    changed(&folder, &format!("{toml}{more}"));
    let databases = |files: Vec<String>| {
        files.into_iter().filter(|file| file.ends_with(".db")).collect::<Vec<_>>()
    };
    let ran = folder.run(&["placement", "plan", "--config", "NEW.toml"]).expect(0);
    assert!(ran.stdout.contains("orders: the rule changes; nothing is stored"), "{}", ran.stdout);
    folder.run(&["placement", "plan", "--config", "below/../NEW.toml"]).expect(0);
    assert_eq!(databases(folder.files()), databases(files));
    let ran = folder.run(&["placement", "plan", "--config", "Rocket.toml"]).expect(0);
    assert!(ran.stdout.contains("users: the rule does not change"), "{}", ran.stdout);
}
