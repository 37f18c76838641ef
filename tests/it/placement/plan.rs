//! `placement plan`.

use insta::{allow_duplicates, assert_snapshot};

use super::{
    check::hide_bytes,
    stage::{Plant, changed, staged, toml},
};
use crate::support::{
    app::{BY_REGION, KEYSPACES},
    both::both_backends,
    cluster::TestCluster,
};

both_backends!(a_plan_for_people, what_would_go_wrong_is_told);

const ALL: [usize; 3] = [0, 1, 2];

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
