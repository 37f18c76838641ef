//! Anyone's own tables over anyone's connection type, without the service and its command line.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::{PgConnection, SqliteConnection};
use shardwright::cluster::{Error, ShardedDb};
use shardwright::key::ShardId;
use shardwright::ops::migrate::{
    Count, DdlLimits, Direction, Migrate, MigrateError, Migrator, Options, Outcome, Progress,
    ShardReport, Source, Step, Task,
};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{LIMIT, hold, traces};
use crate::support::{both::run, cluster::TestCluster};

/// Makes of every body `<body>::postgres` and `<body>::sqlite`, each with its own connection type.
macro_rules! with_its_own_connection {
    ($($body:ident),+ $(,)?) => { $(
        mod $body {
            use super::*;

            #[test]
            fn postgres() {
                run(&TestCluster::postgres(2), super::$body::<PgConnection>);
            }

            #[test]
            fn sqlite() {
                run(&TestCluster::sqlite(2), super::$body::<SqliteConnection>);
            }
        }
    )+ };
}

with_its_own_connection!(
    a_directory_is_run_listed_and_reverted,
    a_failure_keeps_its_cause_and_what_came_before,
    a_lock_time_out_is_an_error_of_its_own,
    progress_is_told_step_by_step,
);

/// Migrations as Diesel's own command line lays them out.
fn library<C: Migrate>(cluster: &TestCluster) -> (TempDir, Migrator<C>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (n, table) in [(1, "books"), (2, "loans")] {
        let folder = folder.path().join(format!("2026-10-01-00000{n}_{table}"));
        fs::create_dir(&folder).expect("the folder is ours");
        let up = format!("CREATE TABLE {table} (id bigint PRIMARY KEY)");
        fs::write(folder.join("up.sql"), up).expect("the folder is ours");
        fs::write(folder.join("down.sql"), format!("DROP TABLE {table}")).expect("it is ours");
    }
    let mut builder = ShardedDb::<C>::builder();
    for (n, url) in cluster.urls().iter().enumerate() {
        builder = builder.shard(&format!("shelf-{n}"), url).expect("the URL is good");
    }
    let db = builder.build().expect("the cluster is good");
    let migrator = Migrator::new(db, Source::directory(folder.path()));
    (folder, migrator)
}

async fn carry_out<C: Migrate>(
    migrator: &Migrator<C>,
    task: Task,
    options: &Options,
) -> Vec<ShardReport> {
    let reports = timeout(LIMIT, migrator.carry_out(task, options, Arc::new(()))).await;
    reports.expect("it ends").expect("no shard is named")
}

async fn a_directory_is_run_listed_and_reverted<C: Migrate>(cluster: &TestCluster) {
    let (_folder, migrator) = library::<C>(cluster);
    let all = Options::default();
    for shard in migrator.status(&all).await.expect("all are asked") {
        let status = shard.status.expect("it answers");
        assert_eq!((status.pending().count(), status.applied.len()), (2, 0));
    }
    let plan = migrator.plan(Task::Run, &all).await.expect("all are asked");
    let steps = plan[1].steps.as_ref().expect("it answers");
    assert_eq!(steps[1].sql.as_deref(), Some("CREATE TABLE loans (id bigint PRIMARY KEY)"));
    assert!((0..2).all(|shard| traces::is_untouched(cluster, shard)));

    let reports = carry_out(&migrator, Task::Run, &all).await;
    for report in &reports {
        assert!(report.is_done() && report.error().is_none(), "{report:?}");
        let versions: Vec<_> = report.steps.iter().map(|step| step.version.as_str()).collect();
        assert_eq!(versions, ["20261001000001", "20261001000002"]);
        assert!(report.steps.iter().all(|step| step.direction == Direction::Up));
    }
    assert_eq!(reports[1].shard.as_str(), "shelf-1");
    assert!(migrator.drift(&all).await.expect("all are asked").is_none());
    let again = carry_out(&migrator, Task::Run, &all).await;
    assert!(again.iter().all(|report| report.is_done() && report.steps.is_empty()), "{again:?}");

    let reports = carry_out(&migrator, Task::Redo(Count::Newest(1)), &all).await;
    let directions: Vec<_> = reports[0].steps.iter().map(|step| step.direction).collect();
    assert_eq!(directions, [Direction::Down, Direction::Up]);
    carry_out(&migrator, Task::Revert(Count::All), &all).await;
    assert!((0..2).all(|shard| traces::tables(cluster, shard) == [traces::HISTORY]));
}

async fn a_failure_keeps_its_cause_and_what_came_before<C: Migrate>(cluster: &TestCluster) {
    let (_folder, migrator) = library::<C>(cluster);
    cluster.execute(0, "CREATE TABLE loans (n int)");
    let options = Options { wave: std::num::NonZeroUsize::new(1), ..Options::default() };
    let reports = carry_out(&migrator, Task::Run, &options).await;
    assert_eq!(reports[0].steps.len(), 1);
    let error = reports[0].error().expect("its table was there");
    let MigrateError::Failed { name, source } = error else { panic!("{error:?}") };
    assert_eq!(name, "2026-10-01-000002_loans");
    assert!(source.to_string().contains("already exists"), "{source}");
    assert!(matches!(reports[1].outcome, Outcome::NotStarted), "{reports:?}");

    let unknown = "shelf-9".parse::<ShardId>().expect("a good name");
    let unknown = migrator.carry_out(Task::Run, &Options::on(&[unknown]), Arc::new(())).await;
    assert!(matches!(unknown, Err(Error::UnknownShard { .. })), "{unknown:?}");
}

async fn a_lock_time_out_is_an_error_of_its_own<C: Migrate>(cluster: &TestCluster) {
    let (folder, migrator) = library::<C>(cluster);
    carry_out(&migrator, Task::Run, &Options::default()).await;
    let third = folder.path().join("2026-10-01-000003_titles");
    fs::create_dir(&third).expect("the folder is ours");
    fs::write(third.join("up.sql"), "ALTER TABLE books ADD title text").expect("it is ours");
    let holding = hold(cluster, 0, "books");
    let limits = DdlLimits {
        lock_timeout: Some(Duration::from_millis(50)),
        retries: 0,
        ..DdlLimits::default()
    };
    let options = Options { limits, ..Options::default() };
    let reports = carry_out(&migrator, Task::Run, &options).await;
    let error = reports[0].error().expect("it was held");
    assert!(matches!(error, MigrateError::LockTimeout { tried: 1, .. }), "{error:?}");
    assert!(reports[1].is_done(), "{reports:?}");
    drop(holding);
    let reports = carry_out(&migrator, Task::Run, &options).await;
    assert!(reports.iter().all(ShardReport::is_done), "{reports:?}");
}

#[derive(Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().expect("nobody panicked").push(line);
    }
}

impl Progress for Diary {
    fn started(&self, shard: &ShardId, steps: usize) {
        self.note(format!("{shard} has {steps} to do"));
    }

    fn beginning(&self, shard: &ShardId, migration: &str) {
        self.note(format!("{shard} begins {migration}"));
    }

    fn done(&self, shard: &ShardId, step: &Step) {
        self.note(format!("{shard} {} {}", step.direction, step.version));
    }

    fn finished(&self, report: &ShardReport) {
        self.note(format!("{} ends after {}", report.shard, report.steps.len()));
    }
}

async fn progress_is_told_step_by_step<C: Migrate>(cluster: &TestCluster) {
    let (_folder, migrator) = library::<C>(cluster);
    let diary = Arc::new(Diary::default());
    let one = Options::on(&["shelf-1".parse().expect("a good name")]);
    let progress: Arc<dyn Progress> = diary.clone();
    migrator.carry_out(Task::Run, &one, Arc::clone(&progress)).await.expect("it is known");
    migrator.carry_out(Task::Run, &one, progress).await.expect("it is known");
    assert_eq!(
        *diary.0.lock().expect("nobody panicked"),
        [
            "shelf-1 has 2 to do",
            "shelf-1 begins 2026-10-01-000001_books",
            "shelf-1 applied 20261001000001",
            "shelf-1 begins 2026-10-01-000002_loans",
            "shelf-1 applied 20261001000002",
            "shelf-1 ends after 2",
            "shelf-1 has 0 to do",
            "shelf-1 ends after 0",
        ]
    );
}
