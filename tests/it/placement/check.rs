//! `placement check`.

use insta::{allow_duplicates, assert_snapshot};
use shardwright::key::ShardKey;
use shardwright::ops::{placement::misplaced, tables::Table};

use super::{
    db, int,
    stage::{Plant, home, staged, toml},
};
use crate::support::{
    app::{BY_REGION, KEYSPACES},
    both::{both_backends, postgres_only},
    cluster::TestCluster,
};

both_backends!(
    keys_at_home_are_all_in_order,
    what_is_wrong_is_named_and_counted,
    by_region_the_region_is_part_of_the_key,
    only_so_many_are_listed,
    the_guard_is_told_how_many_and_five_of_them,
);
postgres_only!(a_dead_shard_is_named_and_nothing_is_called_clean);

const ALL: [usize; 3] = [0, 1, 2];

async fn keys_at_home_are_all_in_order(cluster: &TestCluster) {
    let config = toml(cluster, &ALL, KEYSPACES);
    let folder = staged(&config);
    for i in 0..40 {
        let tenant = format!("tenant-{i}");
        let shard = home(&config, "orders", &ShardKey::text(&tenant));
        Plant::new().orders(&tenant, 3).on(cluster, shard);
    }
    Plant::new().user(-5, None).user(49_999, Some("eu")).on(cluster, 0);
    Plant::new().user(50_000, None).on(cluster, 1);
    let ran = folder.run(&["placement", "check"]).expect(0);
    allow_duplicates! {
        assert_snapshot!(ran.stdout, @r"
        orders: 40 keys, 120 rows on 3 shards, every one where its rule says
        users: 3 keys, 3 rows on 3 shards, every one where its rule says
        ");
    }
}

/// A tenant on two shards and one at home, a user misplaced and one on two shards.
fn spoil(cluster: &TestCluster, config: &str) {
    let at = home(config, "orders", &ShardKey::text("ada"));
    assert_eq!((at, home(config, "orders", &ShardKey::text("bob"))), (1, 0), "as vectors freeze");
    Plant::new().orders("ada", 2).orders("bob", 1).on(cluster, 0);
    Plant::new().orders("ada", 1).on(cluster, 1);
    Plant::new().user(7, None).on(cluster, 2);
    Plant::new().user(60_000, Some("eu")).on(cluster, 0);
    Plant::new().user(60_000, Some("us")).on(cluster, 1);
}

async fn what_is_wrong_is_named_and_counted(cluster: &TestCluster) {
    let config = toml(cluster, &ALL, KEYSPACES);
    let folder = staged(&config);
    spoil(cluster, &config);
    let ran = folder.run(&["placement", "check"]).expect(1);
    allow_duplicates! {
        assert_snapshot!(ran.stdout, @r"
        orders: 2 keys, 4 rows on 3 shards
          1 key (2 rows) not where their rule has them:
            ada: 2 rows on shard-0; its rule has it on shard-1
          1 key (3 rows) on more than one shard:
            ada: on shard-0 (2 rows) and shard-1 (1 row); its rule has it on shard-1
        users: 2 keys, 3 rows on 3 shards
          2 keys (2 rows) not where their rule has them:
            7: 1 row on shard-2; its rule has it on shard-0
            60000: 1 row on shard-0; its rule has it on shard-1
          1 key (2 rows) on more than one shard:
            60000: on shard-0 (1 row) and shard-1 (1 row); its rule has it on shard-1
        ");
    }
    let ran = folder.run(&["placement", "check", "--keyspace", "orders", "--json"]).expect(1);
    let shown = hide_bytes(ran.json());
    allow_duplicates! {
        assert_snapshot!(format!("{shown:#}"), @r#"
        {
          "clean": false,
          "keyspaces": [
            {
              "clean": false,
              "keyless": {},
              "keyspace": "orders",
              "misplaced": {
                "keys": 1,
                "listed": [
                  {
                    "bytes": "[bytes]",
                    "home": "shard-1",
                    "key": "ada",
                    "on": "shard-0",
                    "rows": 2
                  }
                ],
                "rows": 2
              },
              "shards": 3,
              "stored": {
                "bytes": "[bytes]",
                "keys": 2,
                "rows": 4
              },
              "twice": {
                "keys": 1,
                "listed": [
                  {
                    "home": "shard-1",
                    "key": "ada",
                    "on": [
                      {
                        "bytes": "[bytes]",
                        "rows": 2,
                        "shard": "shard-0"
                      },
                      {
                        "bytes": "[bytes]",
                        "rows": 1,
                        "shard": "shard-1"
                      }
                    ]
                  }
                ],
                "rows": 3
              },
              "unplaceable": {
                "keys": 0,
                "listed": [],
                "rows": 0
              }
            }
          ]
        }
        "#);
    }
    if cluster.backend() == "sqlite" {
        // Another kind of value than declared: the table of SQLite takes it, and no query finds it.
        cluster.execute(2, "UPDATE users SET id = 'seven' WHERE id = 7");
        let ran = folder.run(&["placement", "check", "--keyspace", "users"]).expect(1);
        assert!(ran.stdout.contains("1 row without a key on shard-2, which no rule places"));
    }
    folder.run(&["placement", "check", "--keyspace", "unheard-of"]).expect(2);
}

/// Row sizes are the backend's own.
pub(super) fn hide_bytes(mut value: serde_json::Value) -> serde_json::Value {
    match &mut value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let is_size = name == "bytes" && field.as_u64().is_some_and(|n| n > 0);
                *field = if is_size { "[bytes]".into() } else { hide_bytes(field.take()) };
            }
        }
        serde_json::Value::Array(items) => {
            items.iter_mut().for_each(|item| *item = hide_bytes(item.take()));
        }
        _ => {}
    }
    value
}

async fn by_region_the_region_is_part_of_the_key(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, BY_REGION));
    Plant::new().user(7, Some("eu")).user(8, None).user(9, Some("mars")).on(cluster, 0);
    Plant::new().user(7, Some("us")).on(cluster, 1);
    let ran = folder.run(&["placement", "check", "--keyspace", "users"]).expect(1);
    allow_duplicates! {
        assert_snapshot!(ran.stdout, @r"
        users: 4 keys, 4 rows on 3 shards
          2 keys (2 rows) without a place:
            8: on shard-0 (1 row); this keyspace is placed by region, and the key carries none
            9 (region mars): on shard-0 (1 row); region `mars` has no shard; known regions: asia, eu, us
        ");
    }
}

async fn only_so_many_are_listed(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    let wrong = (0..1300).fold(Plant::new(), |plant, id| plant.user(id, None));
    wrong.on(cluster, 2);
    let lines = |args: &[&str]| {
        let ran = folder.run(&[&["placement", "check", "--keyspace", "users"], args].concat());
        let lines: Vec<_> = ran.expect(1).stdout.lines().map(str::to_owned).collect();
        (lines.len(), lines[1].clone(), lines[lines.len() - 1].clone())
    };
    let heading = "  1,300 keys (1,300 rows) not where their rule has them:";
    assert_eq!(lines(&[]), (103, heading.into(), "    and 1,200 more".into()));
    assert_eq!(lines(&["--limit", "0"]), (3, heading.into(), "    and 1,300 more".into()));
    assert_eq!(lines(&["--limit", "1300"]).0, 1302);
}

async fn the_guard_is_told_how_many_and_five_of_them(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE people (id bigint, region text)");
    cluster.execute(1, "INSERT INTO people VALUES (1, 'x'), (1, 'y'), (2, 'x'), (NULL, 'x')");
    cluster.execute(0, "INSERT INTO people VALUES (3, 'x'), (8, 'x')");
    cluster.execute(1, "INSERT INTO people VALUES (4, 'x'), (5, 'x'), (6, 'x'), (7, 'x')");
    let db = db(cluster);
    let shards: Vec<_> = db.shards().iter().collect();
    let names: Vec<_> = shards.iter().map(|shard| shard.id().clone()).collect();
    let all = shardwright::key::KeyRange { start: None, end: None };
    let first = (all, shardwright::key::ShardIndex::new(0));
    let rule = shardwright::routing::RangeRouter::new(&names, vec![first], false).expect("a rule");
    let tables = [Table::by_int("people", "id").with_region("region")];
    let found = misplaced(&shards, &tables, &rule, &names).await.expect("all can be read");
    assert_eq!((found.keys, found.affected, found.keyless), (8, 6, 1));
    let examples: Vec<_> = found.examples.iter().map(|example| example.key.clone()).collect();
    assert_eq!(examples, [1, 2, 4, 5, 6].map(int));
    assert_eq!(
        (&found.examples[0].on, &found.examples[0].home),
        (&names[1], &Some(names[0].clone()))
    );
}

async fn a_dead_shard_is_named_and_nothing_is_called_clean(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    cluster.server(1).kill();
    for command in [
        &["placement", "check"] as &[_],
        &["placement", "plan", "--config", "Rocket.toml"],
        &["placement", "suggest", "users"],
    ] {
        let ran = folder.run(command).expect(1);
        assert_eq!(ran.stdout, "", "{command:?}");
        assert!(ran.stderr.contains("\n  shard-1: could not connect"), "{}", ran.stderr);
        for secret in cluster.secrets() {
            assert!(!ran.words().contains(&secret), "{}", ran.words());
        }
    }
}
