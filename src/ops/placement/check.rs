use super::{
    Amount, Census, Finding, Findings, Load, Resident, Unreadable, home::home, key_tables, survey,
};
use crate::{
    cluster::Keyspace,
    key::{KeyspaceName, ShardId},
    ops::tables::{StoredKey, Table},
    routing::Router,
    shard::Shard,
};

/// What a check of one keyspace found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyspaceCheck {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// How many shards were read.
    pub shards: usize,
    /// All keys, a key on two shards counted once, and all their rows.
    pub stored: Amount,
    /// Keys with rows on a shard where the rule does not look for them; one that
    /// is on two wrong shards counts twice.
    pub misplaced: Findings<MisplacedKey>,
    /// Keys with rows on more than one shard.
    pub twice: Findings<Finding>,
    /// Keys that the rule has no place for.
    pub unplaceable: Findings<Finding>,
    /// Rows without a key, on the shards that have any.
    pub keyless: Vec<(ShardId, Load)>,
}

/// A key with rows where its rule does not look for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MisplacedKey {
    /// The key.
    pub key: StoredKey,
    /// Where it is.
    pub on: ShardId,
    /// Where the rule has it.
    pub home: ShardId,
    /// What it has there.
    pub load: Load,
}

impl KeyspaceCheck {
    /// Whether every row is where its rule says, and nowhere else.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.misplaced.is_empty()
            && self.twice.is_empty()
            && self.unplaceable.is_empty()
            && self.keyless.is_empty()
    }
}

/// Holds every stored key of a keyspace against its rule. `shards` are all of
/// the cluster, in its order: a row may be on a shard its keyspace never names.
/// At most `limit` findings of each kind are listed.
///
/// # Errors
/// [`Unreadable`] if any shard can't be read: a check of some shards would call
/// clean what it has not seen.
///
/// # Examples
/// ```
/// use shardwright::cluster::ShardedDb;
/// use shardwright::key::{KeyRange, ShardId, ShardIndex};
/// use shardwright::ops::{placement::check, tables::Table};
/// use shardwright::routing::RangeRouter;
/// use shardwright::shard::ShardConnection;
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let all = (KeyRange { start: None, end: None }, ShardIndex::new(0));
/// let router = RangeRouter::new(&[ShardId::new("shard-0")?], vec![all], false)?;
/// let db = ShardedDb::<ShardConnection>::builder()
///     .shard("shard-0", &url)?
///     .keyspace("accounts", router)?
///     .build()?;
/// let shards: Vec<_> = db.shards().iter().collect();
/// let tables = [Table::by_int("accounts", "id")];
/// assert!(check(&shards, db.keyspace("accounts")?, &tables, 100).await?.is_clean());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn check<C: Census>(
    shards: &[&Shard<C>],
    keyspace: &Keyspace,
    tables: &[Table],
    limit: usize,
) -> Result<KeyspaceCheck, Unreadable> {
    let names: Vec<_> = shards.iter().map(|shard| shard.id().clone()).collect();
    let router = &*keyspace.router;
    let mut check = KeyspaceCheck {
        keyspace: keyspace.name.clone(),
        shards: shards.len(),
        stored: Amount::default(),
        misplaced: Findings::new(limit),
        twice: Findings::new(limit),
        unplaceable: Findings::new(limit),
        keyless: Vec::new(),
    };
    let tables = key_tables(tables, &[router]);
    let keyless = survey(shards, &tables, |resident| hold(&mut check, resident, router, &names));
    let keyless = names.iter().cloned().zip(keyless.await?);
    check.keyless = keyless.filter(|(_, load)| load.rows > 0).collect();
    Ok(check)
}

/// Holds one key against the rule.
fn hold(check: &mut KeyspaceCheck, found: Resident<'_>, router: &dyn Router, names: &[ShardId]) {
    check.stored += Amount::one(found.load());
    let home = home(router, found.key, names);
    if let (Ok(home), [(place, _)]) = (&home, found.at)
        && place == home
    {
        return;
    }
    let finding = || Finding::of(found, &home, names);
    if found.at.len() > 1 {
        check.twice.add(found.load(), finding);
    }
    let Ok(at_home) = &home else {
        check.unplaceable.add(found.load(), finding);
        return;
    };
    for (place, load) in found.at.iter().filter(|(place, _)| place != at_home) {
        check.misplaced.add(*load, || MisplacedKey {
            key: found.key.clone(),
            on: names[*place].clone(),
            home: names[*at_home].clone(),
            load: *load,
        });
    }
}
