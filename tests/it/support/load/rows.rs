//! The orders there are, read past the service.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::support::cluster::TestCluster;

/// An order on a shard.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Text)]
    pub(super) tenant_id: String,
    #[diesel(sql_type = Text)]
    pub(super) order_id: String,
    #[diesel(sql_type = Text)]
    pub(super) customer_id: String,
    #[diesel(sql_type = Text)]
    pub(super) status: String,
    #[diesel(sql_type = BigInt)]
    pub(super) total_cents: i64,
    #[diesel(sql_type = Text)]
    pub(super) currency: String,
}

/// Every order, with the place of its shard.
pub(super) fn read(cluster: &TestCluster) -> Vec<(usize, Row)> {
    let sql = "SELECT tenant_id, order_id::text, customer_id, status, total_cents, \
               currency::text FROM orders";
    let of = |shard| {
        let rows: Vec<Row> = sql_query(sql)
            .load(&mut cluster.connection(shard))
            .unwrap_or_else(|why| panic!("{sql}: {why}"));
        rows.into_iter().map(move |row| (shard, row))
    };
    (0..cluster.len()).flat_map(of).collect()
}
