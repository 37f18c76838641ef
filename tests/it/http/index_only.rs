//! `/stats` reads one index a shard and no table.

use std::time::Duration;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use crate::support::app::TestApp;
use crate::support::both::{eventually, postgres_only};
use crate::support::cluster::TestCluster;

postgres_only!(sums_come_from_the_index_alone);

/// How often a shard's table was read so far.
#[derive(QueryableByName, Debug, Clone, PartialEq, Eq)]
struct Reads {
    #[diesel(sql_type = BigInt)]
    index: i64,
    #[diesel(sql_type = BigInt)]
    table: i64,
    #[diesel(sql_type = BigInt)]
    rows_fetched: i64,
}

impl Reads {
    fn of(cluster: &TestCluster, shard: usize) -> Reads {
        let sql = "SELECT i.idx_scan AS index, t.seq_scan AS table, t.idx_tup_fetch AS rows_fetched
                   FROM pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid)
                   WHERE t.relname = 'orders' AND i.indexrelname = 'orders_recent'";
        sql_query(sql).get_result(&mut cluster.connection(shard)).expect("there is an index")
    }
}

async fn sums_come_from_the_index_alone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    // A year of orders, of which /stats wants a month.
    cluster.execute_everywhere(
        "INSERT INTO orders SELECT 'acme', gen_random_uuid(), 'c', 'placed', i, 'EUR',
                                   now() - i * interval '15 minutes'
         FROM generate_series(0, 35000) i",
    );
    cluster.execute_everywhere("VACUUM ANALYZE orders");
    let before: Vec<_> = (0..cluster.len()).map(|shard| Reads::of(cluster, shard)).collect();

    assert_eq!(app.get("/stats").await.expect(200).json["total_orders"], 3 * (4 * 24 * 30));

    for (shard, before) in before.into_iter().enumerate() {
        // A server tells what it counted a moment later.
        let counted = async || Reads::of(cluster, shard).index > before.index;
        assert!(eventually(Duration::from_secs(10), counted).await, "shard-{shard}: not read");
        let once = Reads { index: before.index + 1, ..before };
        assert_eq!(Reads::of(cluster, shard), once, "shard-{shard}");
    }
}
