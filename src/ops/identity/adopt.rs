use std::time::Duration;

use thiserror::Error;

use super::{ClusterId, HoldError, Identify, Identity, IdentityError, hold_alone, roll_call};
use crate::{
    cluster::{Error, ShardedDb},
    key::ShardId,
    shard::{Sessions, Shard, ShardError},
};

/// How long the other shards have to say which cluster this is, at least.
const ANSWER: Duration = Duration::from_secs(2);

/// A database that was told who it is from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Who it said it was, if anyone.
    pub before: Option<Identity>,
    /// Who it is now.
    pub now: Identity,
}

/// Databases that can't be adopted.
#[derive(Debug, Error)]
pub enum AdoptError {
    /// The cluster has no such shard.
    #[error(transparent)]
    Cluster(#[from] Error),
    /// It is not known which cluster they would belong to.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Which cluster this is, those that answered have not been told, and others did not answer.
    #[error(
        "which cluster this is can't be known while {0} does not answer; run this again when it does"
    )]
    Silent(String),
    /// Someone uses one of them.
    #[error(transparent)]
    Held(#[from] HoldError),
    /// One could not be reached or written to.
    #[error(transparent)]
    Shard(#[from] ShardError),
}

/// Tells databases that they are these shards of this cluster, whatever they say
/// themselves: for copies restored on purpose. By which rules their rows were placed
/// is forgotten, so that the next start looks at every key. The cluster is the one that the
/// other shards belong to; if all are adopted, or none of the others knows, it is
/// a new one, so that a copy of a whole cluster can't be taken for the original.
///
/// # Errors
/// [`AdoptError`]; nothing is changed while someone serves from one of them.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use shardwright::cluster::ShardedDb;
/// use shardwright::key::ShardId;
/// use shardwright::ops::identity::adopt;
/// use shardwright::shard::ShardConnection;
///
/// # let folder = tempfile::tempdir()?;
/// # let [a, b] = ["a", "b"].map(|name| format!("sqlite://{}/{name}.db", folder.path().display()));
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let db = ShardedDb::<ShardConnection>::builder().shard("shard-0", &a)?.shard("shard-1", &b)?;
/// let db = db.build()?;
/// let told = adopt(&db, &[ShardId::new("shard-1")?], Duration::from_secs(3)).await?;
/// assert_eq!(told[0].before, None, "a new file says nothing of itself");
/// assert_eq!(told[0].now.shard.as_str(), "shard-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn adopt<C: Identify>(
    db: &ShardedDb<C>,
    shards: &[ShardId],
    patience: Duration,
) -> Result<Vec<Adopted>, AdoptError> {
    let mut chosen: Vec<&Shard<C>> = Vec::new();
    for shard in shards {
        let shard = db.shard(shard)?;
        if !chosen.iter().any(|other| other.id() == shard.id()) {
            chosen.push(shard);
        }
    }
    chosen.sort_by(|a, b| a.id().cmp(b.id()));
    let is_other = |shard: &&Shard<C>| !chosen.iter().any(|own| own.id() == shard.id());
    let others: Vec<&Shard<C>> = db.shards().iter().filter(is_other).collect();
    let call = roll_call(&others, patience.max(ANSWER)).await;
    let cluster = match call.cluster()? {
        Some(cluster) => cluster,
        // Of those that say nothing, one may well know.
        None if call.is_whole() => ClusterId::random(),
        None => return Err(AdoptError::Silent(call.silent())),
    };
    let mut sessions = Sessions::open(&chosen).await?;
    let held = hold_alone(&mut sessions, patience, |_| {}).await?;
    let names = sessions.shards().to_vec();
    let told = sessions.run(move |conns| {
        let tell = |(conn, shard): (&mut C, ShardId)| {
            let failed = |source| ShardError::Query { shard: shard.clone(), source };
            let before = conn.records().map_err(failed)?.identity;
            let now = Identity { shard: shard.clone(), cluster };
            let told = conn.make_records().and_then(|()| {
                conn.write(|conn| {
                    // By whose rule a stranger's rows were placed says nothing of ours.
                    if before.as_ref() != Some(&now) {
                        conn.forget_placements()?;
                    }
                    conn.write_identity(&now)
                })
            });
            told.map_err(failed)?;
            Ok(Adopted { before, now })
        };
        conns.iter_mut().zip(names).map(tell).collect::<Result<Vec<_>, ShardError>>()
    });
    let told = told.await;
    held.release(&mut sessions).await;
    Ok(told?)
}
