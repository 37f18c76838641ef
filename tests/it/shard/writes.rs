//! A write is one transaction: all of it or nothing.

use diesel::{QueryResult, result::Error::NotFound, result::Error::RollbackTransaction};
use shardwright::shard::ShardError;

use super::db::{Speak, Thing, pool, shard_error, with_table};
use super::{every_connection, every_connection_to_postgres};
use crate::support::cluster::TestCluster;

every_connection!(1 =>
    a_write_that_returns_ok_is_there_whole,
    a_write_that_fails_leaves_nothing,
    a_part_of_a_write_can_be_undone_alone,
    a_read_is_no_transaction,
    an_ok_is_never_said_of_what_was_not_committed,
);

every_connection_to_postgres!(1 => writes_good_and_bad_keep_their_connection);

const ONE: &str = "INSERT INTO things VALUES (1)";
const TWO: &str = "INSERT INTO things VALUES (2)";

async fn a_write_that_returns_ok_is_there_whole<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let both = |c: &mut C| {
        c.batch_execute(ONE)?;
        c.batch_execute(TWO)?;
        c.things()
    };
    assert_eq!(db.write(&Thing(0), both).await.expect("the shard is up"), 2);
    // Seen from another session, and so committed.
    assert_eq!(cluster.rows_per_shard("things", "true"), [2]);
}

async fn a_write_that_fails_leaves_nothing<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let insert_then = |end: fn(&mut C) -> QueryResult<()>| {
        move |c: &mut C| {
            c.batch_execute(ONE)?;
            end(c)
        }
    };
    let violated = db.write(&Thing(0), insert_then(|c| c.batch_execute(ONE))).await;
    let rolled_back = db.write(&Thing(0), insert_then(|_| Err(RollbackTransaction))).await;
    let not_found = db.write(&Thing(0), insert_then(|_| Err(NotFound))).await;
    for (outcome, reason) in
        [(violated, "UNIQUE"), (rolled_back, "RollbackTransaction"), (not_found, "NotFound")]
    {
        let error = shard_error(outcome);
        assert!(matches!(error, ShardError::Query { .. }), "{error:?}");
        let source = format!("{:?}", error.query().expect("it got as far as a query"));
        assert!(source.to_uppercase().contains(&reason.to_uppercase()), "{source}");
    }
    assert_eq!(cluster.rows_per_shard("things", "true"), [0]);

    // The one connection is not in the midst of anything.
    db.write(&Thing(0), |c| c.batch_execute(ONE)).await.expect("nothing is in the way");
    assert_eq!(cluster.rows_per_shard("things", "true"), [1]);
}

async fn a_part_of_a_write_can_be_undone_alone<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let write = |c: &mut C| {
        c.batch_execute(ONE)?;
        let part = c.transaction(|c| {
            c.batch_execute(TWO)?;
            Err::<(), _>(RollbackTransaction)
        });
        assert_eq!(part, Err(RollbackTransaction));
        Ok(())
    };
    db.write(&Thing(0), write).await.expect("the shard is up");
    assert_eq!(cluster.rows_per_shard("things", "n = 1"), [1]);
    assert_eq!(cluster.rows_per_shard("things", "n = 2"), [0]);
}

async fn a_read_is_no_transaction<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let insert_and_fail = |c: &mut C| {
        c.batch_execute(ONE)?;
        Err::<(), _>(NotFound)
    };
    shard_error(db.read(&Thing(0), insert_and_fail).await);
    assert_eq!(cluster.rows_per_shard("things", "true"), [1]);
}

/// Postgres answers the `COMMIT` of a transaction with a failed statement in it by rolling back.
async fn an_ok_is_never_said_of_what_was_not_committed<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let swallow = |c: &mut C| {
        c.batch_execute(ONE)?;
        let _ = c.batch_execute("INSERT INTO nowhere VALUES (1)");
        Ok(())
    };
    let committed = db.write(&Thing(0), swallow).await.is_ok();
    assert_eq!(cluster.rows_per_shard("things", "true"), [i64::from(committed)]);
}

async fn writes_good_and_bad_keep_their_connection<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let session = |c: &mut C| c.number("SELECT pg_backend_pid()::bigint AS answer");
    let first = db.write(&Thing(0), session).await.expect("the shard is up");
    let failing = |c: &mut C| c.batch_execute("INSERT INTO nowhere VALUES (1)");
    shard_error(db.write(&Thing(0), failing).await);
    let swallowing = |c: &mut C| {
        let _ = c.batch_execute("INSERT INTO nowhere VALUES (1)");
        Ok(())
    };
    shard_error(db.write(&Thing(0), swallowing).await);
    assert_eq!(db.write(&Thing(0), session).await.expect("the shard is up"), first);
    assert_eq!(db.read(&Thing(0), session).await.expect("the shard is up"), first);
}
