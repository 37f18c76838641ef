//! Two databases with the service's tables: 0 is the source, 1 the target.

use std::fs;

use diesel::{
    QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text,
};
use shardwright::ops::moves::{Batch, RegionFilter, Tally, TransferError, transfer};
use shardwright::ops::tables::{StoredId, Table};
use shardwright::shard::ShardConnection;

use crate::support::cluster::TestCluster;

pub(super) const SOURCE: usize = 0;
pub(super) const TARGET: usize = 1;

pub(super) struct Stage {
    pub(super) cluster: TestCluster,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Stage {
    pub(super) fn over(cluster: TestCluster) -> Stage {
        let stage = Stage { cluster };
        let root = format!("{}/migrations/{}", env!("CARGO_MANIFEST_DIR"), stage.backend());
        for migration in fs::read_dir(root).expect("it is there").flatten() {
            let sql = fs::read_to_string(migration.path().join("up.sql")).expect("it is there");
            stage.on_both(&sql);
        }
        stage
    }

    pub(super) fn backend(&self) -> &'static str {
        self.cluster.backend()
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.backend() == "postgres"
    }

    pub(super) fn conn(&self, shard: usize) -> ShardConnection {
        self.cluster.connection(shard)
    }

    /// Runs statements on one of the two.
    #[track_caller]
    pub(super) fn run(&self, shard: usize, sql: &str) {
        let done = self.conn(shard).batch_execute(sql);
        done.unwrap_or_else(|why| panic!("{sql}: {why}"));
    }

    #[track_caller]
    pub(super) fn on_both(&self, sql: &str) {
        self.run(SOURCE, sql);
        self.run(TARGET, sql);
    }

    /// Moves a batch from the source to the target.
    pub(super) fn transfer(&self, tables: &[Table], batch: &Batch) -> Result<Tally, TransferError> {
        transfer(&mut self.conn(SOURCE), &mut self.conn(TARGET), tables, batch)
    }

    /// The first column of a query's rows, which it calls `line`.
    #[track_caller]
    pub(super) fn lines(&self, shard: usize, sql: &str) -> Vec<String> {
        let rows = sql_query(sql).load::<Line>(&mut self.conn(shard));
        let rows = rows.unwrap_or_else(|why| panic!("{sql}: {why}"));
        rows.into_iter().map(|row| row.line).collect()
    }

    /// Every row of a table, sorted, each value exactly: by means that the mover does not use.
    #[track_caller]
    pub(super) fn dump(&self, shard: usize, table: &str, columns: &[&str]) -> Vec<String> {
        let value = |column: &&str| match self.is_postgres() {
            true => {
                format!("coalesce(encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex'), 'null')")
            }
            false => format!("typeof(\"{column}\") || hex(CAST(\"{column}\" AS BLOB))"),
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let line = values.join(" || '|' || ");
        let mut lines = self.lines(shard, &format!("SELECT {line} AS line FROM {table}"));
        lines.sort();
        lines
    }

    /// Every row of the service's tables.
    #[track_caller]
    pub(super) fn dump_all(&self, shard: usize) -> Vec<Vec<String>> {
        let columns =
            [("orders", &ORDERS[..]), ("order_requests", &REQUESTS[..]), ("users", &USERS[..])];
        columns.iter().map(|(table, columns)| self.dump(shard, table, columns)).collect()
    }

    pub(super) fn count(&self, shard: usize, table: &str) -> i64 {
        let count =
            self.lines(shard, &format!("SELECT CAST(count(*) AS text) AS line FROM {table}"));
        count[0].parse().expect("a number")
    }

    /// The literal of a UUID.
    pub(super) fn uuid(&self, n: u128) -> String {
        match self.is_postgres() {
            true => format!("'{}'", uuid::Uuid::from_u128(n)),
            false => format!("x'{n:032x}'"),
        }
    }

    /// Puts some orders and a request of a tenant on a shard, the same every time.
    #[track_caller]
    pub(super) fn orders(&self, shard: usize, tenant: &str, orders: u128) {
        let tenant = quoted(tenant);
        for n in 0..orders {
            let id = self.uuid(n);
            self.run(
                shard,
                &format!(
                    "INSERT INTO orders VALUES ({tenant}, {id}, 'c-{n}', 'paid', {n}99, 'EUR', \
                     '2026-11-22 10:00:00.12345{n}+00:00')"
                ),
            );
        }
        let id = self.uuid(0);
        self.run(
            shard,
            &format!(
                "INSERT INTO order_requests VALUES ({tenant}, 'key', '{{}}', {id}, \
                 '2026-11-22 10:00:00+00:00')"
            ),
        );
    }
}

const ORDERS: [&str; 7] =
    ["tenant_id", "order_id", "customer_id", "status", "total_cents", "currency", "created_at"];
const REQUESTS: [&str; 5] = ["tenant_id", "idempotency_key", "request", "order_id", "created_at"];
const USERS: [&str; 5] = ["id", "name", "email", "region", "created_at"];

/// The tables of the service's keyspaces.
pub(super) fn orders() -> [Table; 2] {
    [Table::by_text("orders", "tenant_id"), Table::by_text("order_requests", "tenant_id")]
}

pub(super) fn users() -> [Table; 1] {
    [Table::by_int("users", "id").with_region("region")]
}

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn texts(keys: &[&str]) -> Batch {
    let keys = keys.iter().map(|key| StoredId::Text((*key).into())).collect();
    Batch { region: RegionFilter::Any, keys }
}

pub(super) fn ints(keys: &[i64]) -> Batch {
    let keys = keys.iter().map(|key| StoredId::Int(*key)).collect();
    Batch { region: RegionFilter::Any, keys }
}
