//! A scatter asks every shard of its keyspace and says which did not answer, and why.

use std::time::Duration;

use shardwright::cluster::{Error, ShardedDb};
use shardwright::key::{ShardBy, ShardKey};
use shardwright::shard::{Deadline, ShardConnection};

use super::db::{ByNumber, Speak, Thing, builder, open, pool, shard, with_table};
use super::every_connection;
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(3 =>
    answers_come_in_shard_order,
    shards_are_asked_side_by_side,
    a_keyspace_of_one_shard_is_asked_there_alone,
    a_query_that_fails_is_a_missing_shard,
);

async fn answers_come_in_shard_order<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    for n in 0..3 {
        let insert = move |c: &mut C| c.batch_execute(&format!("INSERT INTO things VALUES ({n})"));
        db.write(&Thing(n), insert).await.expect("it is up");
    }
    // The first shard answers last.
    let gate = Gate::default();
    let ask = {
        let gate = gate.clone();
        move |c: &mut C| {
            let n = c.number("SELECT n AS answer FROM things")?;
            if n == 0 {
                gate.pass()
            } else {
                gate.open()
            }
            Ok(n)
        }
    };
    let answers = db.scatter::<Thing, _>(ask).await.complete().expect("all are up");
    assert_eq!(answers, [(shard(0), 0), (shard(1), 1), (shard(2), 2)]);
}

async fn shards_are_asked_side_by_side<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = Gate::default();
    let ask = {
        let gate = gate.clone();
        move |c: &mut C| {
            gate.pass();
            c.things()
        }
    };
    let open = async {
        gate.holds(3).await;
        gate.open();
    };
    let (gathered, ()) = futures::future::join(db.scatter::<Thing, _>(ask), open).await;
    assert_eq!(gathered.complete().expect("all are up").len(), 3);
}

/// Something that lives on `shard-1` whatever its key.
struct Recluse;

impl ShardBy for Recluse {
    const KEYSPACE: &'static str = "recluses";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(1)
    }
}

async fn a_keyspace_of_one_shard_is_asked_there_alone<C: Speak>(cluster: &TestCluster) {
    let db: ShardedDb<C> = builder(cluster.urls(), &pool(1))
        .keyspace("recluses", ByNumber::over([1]))
        .expect("a good name")
        .build()
        .expect("a good cluster");
    let one = |c: &mut C| c.batch_execute("SELECT 1");
    let answers = db.scatter::<Recluse, _>(one).await.complete().expect("it is up");
    assert_eq!(answers, [(shard(1), ())]);
    let asked: Vec<_> = db.shards().iter().map(|shard| shard.state().size).collect();
    assert_eq!(asked, [0, 1, 0], "the others were not even connected to");
    assert_eq!(db.locate(&Recluse).expect("it has a place"), &shard(1));
}

async fn a_query_that_fails_is_a_missing_shard<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    db.on(&shard(2), |c| c.batch_execute("DROP TABLE things")).await.expect("it is up");
    let error = db.scatter::<Thing, _>(C::things).await.complete().expect_err("one is missing");
    let text = "the answer is incomplete; missing: shard-2 (query failed)";
    assert_eq!(error.to_string(), text);
    let gathered = db.scatter::<Thing, _>(C::things).await;
    let (answered, missing) = gathered.partial().expect("two answered");
    assert_eq!(answered, [(shard(0), 0), (shard(1), 0)]);
    let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["shard-2: query failed"]);
}

#[test]
fn every_missing_shard_is_named_with_its_reason() {
    let cluster = TestCluster::postgres(4);
    crate::support::both::run(&cluster, async |cluster: &TestCluster| {
        let db: ShardedDb<ShardConnection> = open(cluster, &pool(1));
        let gate = Gate::default();
        let holder = {
            let (db, gate) = (db.clone(), gate.clone());
            let call = move |_: &mut ShardConnection| {
                gate.pass();
                Ok(())
            };
            tokio::spawn(async move { db.read(&Thing(3), call).await })
        };
        gate.holds(1).await;
        cluster.server(0).kill();
        cluster.execute(2, "CREATE TABLE things (n BIGINT)");
        // shard-0 is dead, shard-1 has no such table, shard-3 is busy.
        let db = db.within(Deadline::after(Duration::from_secs(2)));
        let gathered = db.scatter::<Thing, _>(Speak::things).await;
        gate.open();
        let missing: Vec<_> = gathered.missing().iter().map(ToString::to_string).collect();
        assert_eq!(missing, ["shard-0: unavailable", "shard-1: query failed", "shard-3: busy"]);
        match gathered.complete() {
            Err(error @ Error::Incomplete(_)) => assert_eq!(
                error.to_string(),
                "the answer is incomplete; missing: shard-0 (unavailable), shard-1 (query \
                 failed), shard-3 (busy)"
            ),
            other => panic!("expected an incomplete answer, got {other:?}"),
        }
        holder.await.expect("no panic").expect("the shard is up");
    });
}
