use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    super::Transfer,
    ApplyError, ApplyOptions, KeyspaceMoved, MoveProgress, MoveReport, Way,
    itinerary::Itinerary,
    meeting,
    pace::Pace,
    pipeline::{Arrived, Pipeline, pair},
    standing::Standing,
    stopping::unless_stopped,
};
use crate::{
    key::ShardId,
    ops::{
        identity::{Guard, Identify, hold_alone, roll_call},
        migrate::{Migrate, Migrator, Options, ShardReport, Source, Task},
        placement::{Census, Change, KeyspaceChange},
        tables::{KeyspaceTables, Table},
    },
    shard::{Sessions, Shard},
};

/// How long shards have to say who they are.
const ANSWER: Duration = Duration::from_secs(3);
/// How often what is misplaced is looked for again, though nobody could have
/// misplaced it meanwhile.
const ROUNDS: u32 = 3;

/// Carries out a change of rules.
///
/// Services of either rule must have ended; while it is under way none starts. Killed, it is
/// run again, or run [back](Way::Back).
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use diesel::connection::SimpleConnection;
/// use figment::{Figment, providers::{Format, Toml}};
/// use shardwright::cluster::Blueprint;
/// use shardwright::ops::migrate::{Migrator, Options, Task};
/// use shardwright::ops::moves::{ApplyOptions, Moves};
/// use shardwright::ops::placement::Change;
/// use shardwright::store::{migrations, tables};
///
/// # let folder = tempfile::tempdir()?;
/// # let [a, b] = ["a", "b"].map(|name| format!("sqlite://{}/{name}.db", folder.path().display()));
/// # let before = r#"[ { shard = "shard-0" } ]"#;
/// # let after = r#"[ { end = 100, shard = "shard-0" }, { start = 100, shard = "shard-1" } ]"#;
/// # let [before, after] = [before, after].map(|ranges| {
/// #     let toml = format!(r#"
/// #         [default.sharding.shards]
/// #         shard-0.url = "{a}"
/// #         shard-1.url = "{b}"
/// #         [default.sharding.keyspaces.orders]
/// #         strategy = "consistent_hash"
/// #         [default.sharding.keyspaces.users]
/// #         strategy = "range"
/// #         ranges = {ranges}
/// #     "#);
/// #     Figment::from(Toml::string(&toml).nested())
/// # });
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let change: Change = Change::new(&Blueprint::load(&before)?, &Blueprint::load(&after)?)?;
/// # let migrator = Migrator::new(change.db.clone(), migrations::source());
/// # migrator.carry_out(Task::Run, &Options::default(), Arc::new(())).await?;
/// # let first = change.db.shards()[0].id();
/// # let row = "INSERT INTO users VALUES (700, 'Ada', 'ada@example.org', NULL, \
/// #            '2026-11-22 00:00:00.000000+00:00')";
/// # change.db.on(first, move |conn| conn.batch_execute(row)).await?;
/// let declared = tables::declared();
/// let moves = Moves { change: &change, declared: &declared, source: migrations::source() };
/// let report = moves.carry_out(&ApplyOptions::default(), Arc::new(())).await?;
/// assert_eq!(report.keyspaces.iter().map(|moved| moved.rows).sum::<u64>(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Moves<'a, C: Migrate> {
    /// The present configuration and the new one.
    pub change: &'a Change<C>,
    /// The tables of each keyspace.
    pub declared: &'a [KeyspaceTables],
    /// The migrations, for shards that are new.
    pub source: Source<C>,
}

impl<C: Migrate + Census + Transfer> Moves<'_, C> {
    /// Moves every key to where the new rule has it, or, on the way
    /// [back](Way::Back), to where the present one has.
    ///
    /// # Errors
    /// [`ApplyError`] says whether anything was changed, and what to do.
    pub async fn carry_out(
        &self,
        options: &ApplyOptions,
        progress: Arc<dyn MoveProgress>,
    ) -> Result<MoveReport, ApplyError> {
        let began = Instant::now();
        if options.way == Way::There {
            self.make_new_shards().await?;
        }
        let shards = self.change.shards();
        // Before anything is taken hold of: are these the databases we think they are?
        roll_call(&shards, ANSWER).await.settle(&Guard::new(&[], &[]))?;
        let mut sessions = Sessions::open(&shards).await?;
        let named = sessions.run(|conns| conns.iter_mut().try_for_each(Identify::present_itself));
        named.await.map_err(ApplyError::Session)?;
        let waiting = |who: &_| progress.waiting(who);
        let held = hold_alone(&mut sessions, options.patience, waiting);
        let held = unless_stopped(&options.stop, held).await??;
        let mut standing = Standing::read(self.change, &mut sessions, options.way).await?;
        let stop = &options.stop;
        let planned = self.plan(&mut sessions, &standing, options);
        let mut itineraries = unless_stopped(stop, planned).await??;
        for itinerary in &itineraries {
            self.rehearse(itinerary, &mut sessions).await?;
        }
        for itinerary in &itineraries {
            progress.planned(&itinerary.keyspace, itinerary.keys(), itinerary.rows());
        }
        let is_under_way = |at: &usize| standing.is_pending(*at) || itineraries[*at].keys() > 0;
        let under_way: Vec<usize> = (0..itineraries.len()).filter(is_under_way).collect();
        for at in &under_way {
            standing.mark(*at, &mut sessions).await?;
        }
        let mut report = MoveReport::of(&itineraries);
        for _ in 0..ROUNDS {
            for (itinerary, moved) in itineraries.iter().zip(&mut report.keyspaces) {
                self.travel(itinerary, &mut sessions, options, progress.as_ref(), moved).await?;
            }
            let planned = self.plan(&mut sessions, &standing, options);
            itineraries = unless_stopped(stop, planned).await??;
            if itineraries.iter().all(|itinerary| itinerary.keys() == 0) {
                for at in under_way {
                    standing.conclude(at, &mut sessions).await?;
                }
                held.release(&mut sessions).await;
                report.took = began.elapsed();
                return Ok(report);
            }
        }
        Err(ApplyError::Restless)
    }

    /// A shard that only the new configuration has gets its tables.
    async fn make_new_shards(&self) -> Result<(), ApplyError> {
        let is_new = |shard: &&Shard<C>| {
            !self.change.before.shards.iter().any(|known| known.id == *shard.id())
        };
        let new = self.change.db.shards().iter().filter(is_new);
        let new: Vec<ShardId> = new.map(|shard| shard.id().clone()).collect();
        if new.is_empty() {
            return Ok(());
        }
        let migrator = Migrator::new(self.change.db.clone(), self.source.clone());
        let reports = migrator.carry_out(Task::Run, &Options::on(&new), Arc::new(())).await;
        for report in reports.map_err(|error| ApplyError::Cluster(error.into()))? {
            let shard = report.shard.clone();
            if let Some(source) = ShardReport::into_error(report) {
                return Err(ApplyError::Migrate { shard, source });
            }
        }
        Ok(())
    }

    /// Which keys go where, in every keyspace; an error if one of them can't.
    async fn plan(
        &self,
        sessions: &mut Sessions<C>,
        standing: &Standing,
        options: &ApplyOptions,
    ) -> Result<Vec<Itinerary>, ApplyError> {
        let mut itineraries = Vec::new();
        // Where no rule changes, all that is misplaced is put in its place.
        let all = (0..self.change.keyspaces.len()).all(|at| !standing.is_pending(at));
        for (at, keyspace) in self.change.keyspaces.iter().enumerate() {
            if !all && !standing.is_pending(at) {
                itineraries.push(Itinerary::none(keyspace.name.clone()));
                continue;
            }
            let goal = options.way.goal(keyspace);
            let tables = self.tables(keyspace);
            let (name, shards) = (keyspace.name.clone(), self.change.shards());
            let itinerary = Itinerary::read(name, &shards, tables, &**goal).await?;
            meeting::check(&itinerary, sessions).await?;
            itineraries.push(itinerary);
        }
        Ok(itineraries)
    }

    /// Sees that rows can be moved on each of the ways, while nothing is changed.
    async fn rehearse(
        &self,
        itinerary: &Itinerary,
        sessions: &mut Sessions<C>,
    ) -> Result<(), ApplyError> {
        for (from, to) in itinerary.ways() {
            let tables = itinerary.tables().to_vec();
            let [there, here] = [to, from].map(|place| sessions.shards()[place].clone());
            let linked = sessions.run(move |conns| {
                let [source, target] = pair(conns, from, to);
                C::link(source, target, &tables).and_then(|()| C::unlink(target))
            });
            linked.await.map_err(|source| {
                let source = Box::new(source);
                ApplyError::Unlinked { from: here, to: there, source }
            })?;
        }
        Ok(())
    }

    /// One with no tables declared has no rows to move.
    fn tables(&self, keyspace: &KeyspaceChange) -> &[Table] {
        let declared = self.declared.iter().find(|tables| *tables.keyspace() == keyspace.name);
        declared.map_or(&[], KeyspaceTables::tables)
    }

    async fn travel(
        &self,
        itinerary: &Itinerary,
        sessions: &mut Sessions<C>,
        options: &ApplyOptions,
        progress: &dyn MoveProgress,
        moved: &mut KeyspaceMoved,
    ) -> Result<(), ApplyError> {
        let mut pace = Pace::new(options.max_rows_per_second);
        let mut note = |arrived: Option<Arrived>| {
            let Some(Arrived { keys, tally }) = arrived else { return Duration::ZERO };
            moved.keys += keys;
            moved.rows += tally.rows();
            moved.bytes += tally.bytes();
            progress.moved(&itinerary.keyspace, keys, tally.rows());
            pace.after(tally.rows())
        };
        if itinerary.keys() == 0 {
            return Ok(());
        }
        let mut pipeline = Pipeline::open(&self.change.shards()).await?;
        for leg in itinerary.legs(options.rows_at_once()) {
            if options.stop.is_requested() {
                note(pipeline.finish().await?);
                return Err(ApplyError::Stopped);
            }
            let mut rest = note(pipeline.carry(sessions, leg, itinerary.tables()).await?);
            // Who wants it slow wants neither two things at a time.
            if options.max_rows_per_second.is_some() {
                rest = note(pipeline.finish().await?);
            }
            unless_stopped(&options.stop, tokio::time::sleep(rest)).await?;
        }
        note(pipeline.finish().await?);
        Ok(())
    }
}
