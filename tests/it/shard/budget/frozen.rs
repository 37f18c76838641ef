//! A frozen server keeps what it has got, and no more than the others can spare.

use std::time::Duration;

use futures::future::join_all;
use shardwright::cluster::Error;
use shardwright::shard::{Deadline, ShardError};

use super::{load, sharing};
use crate::shard::db::{Speak, Thing, pool, state};
use crate::shard::{every_connection_to_postgres, frozen::Frozen, until};
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(3 => it_leaves_each_neighbour_its_minimum);

async fn it_leaves_each_neighbour_its_minimum<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, 6, &pool(6)).await;
    load(&db, 1, 6, 4).await;
    let frozen = Frozen::new(cluster.server(1));
    let calls = (0..20).map(async |_| {
        let soon = Deadline::after(Duration::from_millis(500));
        db.within(soon).read(&Thing(1), C::things).await
    });
    let outcomes = join_all(calls).await;
    let timed_out = |outcome: &&Result<i64, Error>| {
        matches!(outcome, Err(Error::Shard(ShardError::Timeout { .. })))
    };
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(timed_out).count(), 4, "{outcomes:?}");
    // Nothing is left but the minimums, and the neighbours make do with them.
    for neighbour in [0, 2] {
        let calls = (0..10).map(async |_| db.read(&Thing(neighbour), C::things).await);
        let answers = join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(state(&db, neighbour as usize).size, 1);
    }
    drop(frozen);
    until("all permits are back", async || state(&db, 1).permits == 6).await;
    for shard in [0, 1, 2] {
        load(&db, shard, 6, 4).await;
    }
}
