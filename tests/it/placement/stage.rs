//! The service's tables over a test's databases, rows planted in them, and the command line.

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{cluster::Blueprint, key::ShardKey};

use crate::process::Folder;
use crate::support::cluster::TestCluster;

/// A Rocket.toml over some of the cluster's shards.
pub(super) fn toml(cluster: &TestCluster, shards: &[usize], keyspaces: &str) -> String {
    let shard = |i: &usize| {
        format!("[default.sharding.shards.shard-{i}]\nurl = '{}'\n", cluster.urls()[*i])
    };
    let shards: String = shards.iter().map(shard).collect();
    format!("{shards}{keyspaces}")
}

/// A folder with that Rocket.toml, its shards migrated.
pub(super) fn staged(toml: &str) -> Folder {
    let folder = Folder::with(toml);
    folder.run(&["migration", "run"]).expect(0);
    folder
}

/// Adds a changed configuration to the folder and gives its name.
pub(super) fn changed(folder: &Folder, toml: &str) -> &'static str {
    std::fs::write(folder.path().join("NEW.toml"), toml).expect("disk has room");
    "NEW.toml"
}

/// The shard a configuration has a key on.
pub(super) fn home(toml: &str, keyspace: &str, key: &ShardKey<'_>) -> usize {
    let figment = Figment::from(Toml::string(toml).nested());
    let blueprint = Blueprint::load(&figment).expect("a good configuration");
    let of = |k: &&shardwright::cluster::Keyspace| k.name.as_str() == keyspace;
    let router = &blueprint.keyspaces.iter().find(of).expect("it is configured").router;
    let shard = &blueprint.shards()[router.route(key).expect("it has a place").get()];
    let number = shard.as_str().strip_prefix("shard-").expect("their names are shard-N");
    number.parse().expect("their names are shard-N")
}

/// What a test plants on one shard.
#[derive(Debug, Default)]
pub(super) struct Plant {
    orders: Vec<(String, u64)>,
    users: Vec<(i64, Option<&'static str>)>,
}

impl Plant {
    pub(super) fn new() -> Plant {
        Plant::default()
    }

    /// So many orders of a tenant.
    pub(super) fn orders(mut self, tenant: &str, rows: u64) -> Plant {
        self.orders.push((tenant.to_owned(), rows));
        self
    }

    pub(super) fn user(mut self, id: i64, region: Option<&'static str>) -> Plant {
        self.users.push((id, region));
        self
    }

    pub(super) fn on(self, cluster: &TestCluster, shard: usize) {
        let at = "'2026-01-01 00:00:00.000000+00:00'";
        let mut orders = Vec::new();
        for (tenant, rows) in &self.orders {
            for row in 0..*rows {
                let id = match cluster.backend() {
                    "sqlite" => format!("X'{row:032x}'"),
                    _ => format!("'{row:032x}'::uuid"),
                };
                orders.push(format!("('{tenant}', {id}, 'c', 'placed', 1, 'EUR', {at})"));
            }
        }
        for some in orders.chunks(500) {
            cluster.execute(shard, &format!("INSERT INTO orders VALUES {}", some.join(", ")));
        }
        let user = |(id, region): &(i64, Option<&str>)| {
            let region = region.map_or("NULL".to_owned(), |region| format!("'{region}'"));
            format!("({id}, 'n', 'e', {region}, {at})")
        };
        let users: Vec<_> = self.users.iter().map(user).collect();
        for some in users.chunks(500) {
            cluster.execute(shard, &format!("INSERT INTO users VALUES {}", some.join(", ")));
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table of every shard, row by row.
pub(super) fn dump(cluster: &TestCluster) -> BTreeMap<(usize, &'static str), Vec<String>> {
    let mut dump = BTreeMap::new();
    for shard in 0..cluster.len() {
        for (table, sqlite) in [
            ("orders", "tenant_id || hex(order_id) || status || total_cents || created_at"),
            ("order_requests", "tenant_id || idempotency_key"),
            ("users", "id || name || email || coalesce(region, '-') || created_at"),
            ("__diesel_schema_migrations", "version || run_on"),
        ] {
            let line = if cluster.backend() == "sqlite" { sqlite } else { "t::text" };
            let rows = sql_query(format!("SELECT {line} AS line FROM {table} t ORDER BY 1"))
                .load::<Line>(&mut cluster.connection(shard))
                .expect("the shard is migrated");
            dump.insert((shard, table), rows.into_iter().map(|row| row.line).collect());
        }
    }
    dump
}
