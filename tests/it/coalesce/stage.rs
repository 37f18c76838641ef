//! A `ShardedDb` over a test's databases: with the table `items`, or with the service's.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use shardwright::cluster::{Blueprint, Builder, Error, ShardedDb};
use shardwright::config::PoolSettings;
use shardwright::key::{KeyRange, ShardIndex};
use shardwright::ops::migrate::{Migrator, Options, ShardReport, Task};
use shardwright::routing::RangeRouter;
use shardwright::shard::{Connect, ShardConnection};
use shardwright::store::migrations;

use super::item::{Deed, Item, ItemKey, Log, Speak};
use super::until;
use crate::support::app::TestApp;
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;
use crate::support::pools::sharding;
pub(super) use crate::support::pools::{pool, shard, shard_error, state};

/// Items `0..STEP` live on `shard-0`, `STEP..2 * STEP` on `shard-1`, and so on.
pub(super) const STEP: i64 = 1_000_000;

/// A builder over these databases with the keyspace `items`.
pub(super) fn builder<C: Connect>(urls: &[String], pool: &PoolSettings) -> Builder<C> {
    let settings = sharding(urls, pool);
    let names: Vec<_> = settings.shards.iter().map(|shard| shard.id.clone()).collect();
    let last = names.len() - 1;
    let range = |i: usize| {
        let bound = |i: usize| STEP * i64::try_from(i).expect("a few shards");
        let start = (i > 0).then(|| bound(i));
        let end = (i < last).then(|| bound(i + 1));
        (KeyRange { start, end }, ShardIndex::new(u16::try_from(i).expect("a few shards")))
    };
    let ranges = (0..names.len()).map(range).collect();
    Builder::from_blueprint(Blueprint { settings, keyspaces: Vec::new() })
        .keyspace("items", RangeRouter::new(&names, ranges, false).expect("good ranges"))
        .expect("a good name")
}

/// Makes the empty table on every shard.
pub(super) fn make_table(cluster: &TestCluster) {
    (0..cluster.len()).for_each(|shard| make_table_at(&mut cluster.connection(shard)));
}

/// Makes the empty table in a database.
pub(super) fn make_table_at(database: &mut ShardConnection) {
    let note = "note TEXT NOT NULL CHECK (note <> 'illegal')";
    let table = format!("CREATE TABLE items (id BIGINT PRIMARY KEY, {note})");
    database.run(&table).expect("the database is empty");
}

/// A `ShardedDb` with an empty table `items` on every shard, and nothing connected yet.
pub(super) fn stage<C: Speak>(cluster: &TestCluster, pool: &PoolSettings) -> ShardedDb<C> {
    make_table(cluster);
    builder(cluster.urls(), pool).build().expect("a good cluster")
}

/// Stores items past the library.
pub(super) fn plant(cluster: &TestCluster, ids: impl IntoIterator<Item = i64>) {
    let mut rows = vec![Vec::new(); cluster.len()];
    for id in ids {
        rows[usize::try_from(id / STEP).expect("not below 0")].push(format!("({id}, 'item {id}')"));
    }
    for (shard, rows) in rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        cluster.execute(shard, &format!("INSERT INTO items VALUES {}", rows.join(", ")));
    }
}

/// The service's databases, migrated, with as many connections to each.
pub(super) async fn service(cluster: &TestCluster, max_size: u32) -> ShardedDb {
    let pool = format!(
        "[default.sharding]\ndeadline = '25s'\n[default.sharding.pool]\nmax_size = {max_size}\n\
         acquire_timeout = '20s'\nconnect_timeout = '10s'\nstatement_timeout = '20s'"
    );
    let figment = TestApp::on(cluster).config(&pool).figment();
    let blueprint = Blueprint::load(&figment).expect("a good configuration");
    let db: ShardedDb = Builder::from_blueprint(blueprint).build().expect("a good cluster");
    let migrator = Migrator::new(db.clone(), migrations::source());
    let reports = migrator.carry_out(Task::Run, &Options::default(), Arc::new(())).await;
    assert!(reports.expect("it has these shards").iter().all(ShardReport::is_done));
    db
}

/// Waits until every shard's permits are all free.
pub(super) async fn all_permits_are_back<C: Connect>(db: &ShardedDb<C>) {
    let back = async || {
        let states = db.shards().iter().map(|shard| shard.state());
        states.into_iter().all(|state| state.permits == state.max_size as usize)
    };
    until("the permits are back", back).await;
}

/// A call under way.
pub(super) type Call<T> = BoxFuture<'static, Result<T, Error>>;

/// A look for an item, not yet begun.
pub(super) fn find<C: Speak>(db: &ShardedDb<C>, key: ItemKey) -> Call<Option<Item>> {
    let db = db.clone();
    async move { db.find(key).await }.boxed()
}

/// The storing of an item, not yet begun.
pub(super) fn insert<C: Speak>(db: &ShardedDb<C>, item: Item) -> Call<()> {
    let db = db.clone();
    async move { db.insert(item).await }.boxed()
}

/// Has the lane of finds of `shard-0` held at the gate.
pub(super) async fn hold_finds<C: Speak>(
    db: &ShardedDb<C>,
    log: &Log,
    gate: &Gate,
) -> Call<Option<Item>> {
    let held = tokio::spawn(find(db, log.key(STEP - 1).that(Deed::Waits(gate.clone()))));
    gate.holds(1).await;
    async move { held.await.expect("no panic") }.boxed()
}

/// Finds these items of `shard-0` with one statement, after another that they had to wait for.
pub(super) async fn find_as_one<C: Speak>(db: &ShardedDb<C>, ids: std::ops::Range<i64>) {
    let (log, gate) = (Log::default(), Gate::default());
    let held = hold_finds(db, &log, &gate).await;
    let mut calls: Vec<_> = ids.map(|id| find(db, log.key(id))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("the shard is up");
    join_all(calls).await.into_iter().for_each(|answer| drop(answer.expect("the shard is up")));
}

/// Has the lane of inserts of `shard-0` held at the gate.
pub(super) async fn hold_inserts<C: Speak>(db: &ShardedDb<C>, log: &Log, gate: &Gate) -> Call<()> {
    let held = tokio::spawn(insert(db, log.item(STEP - 1).that(Deed::Waits(gate.clone()))));
    gate.holds(1).await;
    async move { held.await.expect("no panic") }.boxed()
}

/// Has every call begun, so that it is in a queue; none may be answered by that.
pub(super) async fn begin<T: std::fmt::Debug>(calls: &mut [Call<T>]) {
    for call in calls {
        let answer = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
        assert!(answer.is_pending(), "it had to wait: {answer:?}");
    }
}

/// Makes all calls at the same time, each in a task of its own.
pub(super) async fn at_once<T: Send + 'static>(
    calls: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let answers = join_all(tasks).await;
    answers.into_iter().map(|answer| answer.expect("no panic")).collect()
}
