//! How a connection is come by: a key, a shard's name, a scatter, and nothing else.

use shardwright::cluster::Error;
use shardwright::key::{ShardBy, ShardKey};
use shardwright::routing::RouteError;

use super::db::{Speak, Thing, open, pool, shard, with_table};
use super::every_connection;
use crate::support::cluster::TestCluster;

every_connection!(2 => a_key_reaches_its_shard_and_no_other, names_without_a_bearer_are_errors);

async fn a_key_reaches_its_shard_and_no_other<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    assert_eq!(db.locate(&Thing(1)).expect("it has a place"), &shard(1));
    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (7)");
    db.write(&Thing(1), insert).await.expect("shard 1 is up");

    assert_eq!(db.read(&Thing(0), C::things).await.expect("shard 0 is up"), 0);
    assert_eq!(db.read(&Thing(1), C::things).await.expect("shard 1 is up"), 1);
    assert_eq!(db.on(&shard(0), C::things).await.expect("shard 0 is up"), 0);
    assert_eq!(db.on(&shard(1), C::things).await.expect("shard 1 is up"), 1);
    let gathered = db.scatter::<Thing, _>(C::things).await.complete();
    assert_eq!(gathered.expect("both are up"), [(shard(0), 0), (shard(1), 1)]);
    assert_eq!(cluster.rows_per_shard("things", "n = 7"), [0, 1]);
}

/// A keyspace that no one has set up.
struct Stranger;

impl ShardBy for Stranger {
    const KEYSPACE: &'static str = "strangers";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text("someone")
    }
}

async fn names_without_a_bearer_are_errors<C: Speak>(cluster: &TestCluster) {
    let db = open::<C>(cluster, &pool(2));

    let unknown = |error: Error| match error {
        Error::UnknownKeyspace { name, known } => (name, known),
        other => panic!("expected an unknown keyspace, got {other:?}"),
    };
    let strangers = ("strangers".to_owned(), "things".to_owned());
    assert_eq!(db.read(&Stranger, C::things).await.map_err(unknown), Err(strangers.clone()));
    assert_eq!(db.write(&Stranger, C::things).await.map_err(unknown), Err(strangers.clone()));
    let gathered = db.scatter::<Stranger, _>(C::things).await;
    assert_eq!(gathered.complete().map_err(unknown), Err(strangers.clone()));
    let gathered = db.scatter::<Stranger, _>(C::things).await;
    assert_eq!(gathered.partial().map(drop).map_err(unknown), Err(strangers));

    match db.on(&shard(9), C::things).await {
        Err(error @ Error::UnknownShard { .. }) => {
            let text = "there is no shard `shard-9`; the shards are: shard-0, shard-1";
            assert_eq!(error.to_string(), text);
        }
        other => panic!("expected an unknown shard, got {other:?}"),
    }
    match db.read(&Thing(-1), C::things).await {
        Err(Error::Route { keyspace, source: RouteError::Unmapped { key }, .. }) => {
            assert_eq!((keyspace.as_str(), key.as_str()), ("things", "-1"));
        }
        other => panic!("expected a key without a place, got {other:?}"),
    }
    // The rule says shard 2, and there are two.
    match db.read(&Thing(2), C::things).await {
        Err(Error::StrayRoute { keyspace, index: 2 }) => assert_eq!(keyspace.as_str(), "things"),
        other => panic!("expected a stray route, got {other:?}"),
    }
}
