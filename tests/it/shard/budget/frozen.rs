//! A frozen server keeps what it has got, and no more than the others can spare.

use std::time::Duration;

use futures::future::{join, join_all};
use shardwright::cluster::Error;
use shardwright::shard::{Deadline, ShardError, Wait};

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
        let soon = Deadline::after(Duration::from_secs(2));
        db.within(soon).read(&Thing(1), C::things).await
    });
    // Nothing is left but the minimums, and the neighbours make do with them.
    let neighbours = async {
        until("it has got what it can", async || state(&db, 1).size == 4).await;
        for neighbour in [0, 2] {
            let calls = (0..10).map(async |_| db.read(&Thing(neighbour), C::things).await);
            let answers = join_all(calls).await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            assert_eq!(state(&db, neighbour as usize).size, 1);
        }
        assert_eq!(state(&db, 1).size, 4, "the calls were over before");
    };
    let (outcomes, ()) = join(join_all(calls), neighbours).await;
    let held = |outcome: &&Result<i64, Error>| match outcome {
        Err(Error::Shard(ShardError::Timeout { wait, .. })) => *wait != Wait::Permit,
        _ => false,
    };
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(held).count(), 4, "{outcomes:?}");
    drop(frozen);
    until("all permits are back", async || state(&db, 1).permits == 6).await;
    for shard in [0, 1, 2] {
        load(&db, shard, 6, 4).await;
    }
}
