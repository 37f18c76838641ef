//! What is in the databases, row by row and byte by byte, past the service and the mover.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Nullable, Text},
};

use super::rules::Placement;
use crate::support::cluster::TestCluster;

/// What rows are placed by. Users of one id in two regions are two keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) keyspace: &'static str,
    pub(super) id: String,
    pub(super) region: Option<String>,
}

/// All rows of a key on one shard, in all tables, sorted.
pub(super) type Rows = Vec<String>;

/// Every key's rows.
pub(super) type Truth = BTreeMap<Key, Rows>;

/// Every key's rows, shard by shard.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct World(pub(super) BTreeMap<Key, BTreeMap<usize, Rows>>);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    keyspace: String,
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Nullable<Text>)]
    region: Option<String>,
    #[diesel(sql_type = Text)]
    line: String,
}

const TABLES: [(&str, &str, &str, &[&str]); 3] = [
    (
        "orders",
        "orders",
        "tenant_id",
        &[
            "tenant_id",
            "order_id",
            "customer_id",
            "status",
            "total_cents",
            "currency",
            "created_at",
        ],
    ),
    (
        "orders",
        "order_requests",
        "tenant_id",
        &["tenant_id", "idempotency_key", "request", "order_id", "created_at"],
    ),
    ("users", "users", "id", &["id", "name", "email", "region", "created_at"]),
];

/// Reads the rows of the first so many shards.
pub(super) fn world(cluster: &TestCluster, shards: usize) -> World {
    let mut world: BTreeMap<Key, BTreeMap<usize, Rows>> = BTreeMap::new();
    let sql = query(cluster.backend() == "postgres");
    for shard in 0..shards {
        let rows: Vec<Row> =
            sql_query(&sql).load(&mut cluster.connection(shard)).expect("the tables are there");
        for Row { keyspace, id, region, line } in rows {
            let keyspace = if keyspace == "users" { "users" } else { "orders" };
            let places = world.entry(Key { keyspace, id, region }).or_default();
            places.entry(shard).or_default().push(line);
        }
    }
    world.values_mut().flat_map(BTreeMap::values_mut).for_each(|rows| rows.sort_unstable());
    World(world)
}

fn query(postgres: bool) -> String {
    let select = |(keyspace, table, key, columns): &(&str, &str, &str, &[&str])| {
        let region = if *table == "users" { "region" } else { "NULL" };
        let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let row = if postgres { "t::text".to_owned() } else { quoted.join(" || ',' || ") };
        format!(
            "SELECT '{keyspace}' AS keyspace, CAST({key} AS text) AS id, {region} AS region, \
             '{table} ' || {row} AS line FROM {table} t"
        )
    };
    TABLES.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
}

impl World {
    /// What the rows are, wherever.
    #[track_caller]
    pub(super) fn truth(&self) -> Truth {
        let rows = |(key, places): (&Key, &BTreeMap<usize, Rows>)| {
            assert_eq!(places.len(), 1, "{key:?} is on several shards");
            (key.clone(), places.values().next().expect("it has rows").clone())
        };
        self.0.iter().map(rows).collect()
    }

    /// Every key has all of its rows, unchanged, on its shard and nowhere else; and there are no
    /// others.
    #[track_caller]
    pub(super) fn assert_settled(&self, truth: &Truth, by: &Placement, about: &str) {
        self.assert_intact(truth, [by, by], about);
    }

    /// Every key has all of its rows, unchanged, where one of two rules has it, or in both places;
    /// and there are no others.
    #[track_caller]
    pub(super) fn assert_intact(&self, truth: &Truth, by: [&Placement; 2], about: &str) {
        for (key, rows) in truth {
            let homes = by.map(|by| by.home(key));
            let places = self.0.get(key);
            let places = places.unwrap_or_else(|| panic!("{key:?} is lost; {about}"));
            for (shard, found) in places {
                assert!(homes.contains(shard), "{key:?} on {shard}, not {homes:?}; {about}");
                assert_eq!(found, rows, "{key:?} on {shard} is not as it was; {about}");
            }
        }
        assert_eq!(self.0.len(), truth.len(), "there are keys that were not there; {about}");
    }
}
