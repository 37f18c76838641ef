//! SQLite as a service should run it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use futures::future::join_all;
use shardwright::cluster::ShardedDb;
use shardwright::config::PoolSettings;
use shardwright::shard::{ShardConnection, ShardError};

use super::db::{Speak, Thing, builder, hold_write, open, pool, shard_error, state, with_table};
use crate::support::gate::Gate;
use crate::support::{both::run, cluster::TestCluster};

#[test]
fn a_session_is_as_configured() {
    run(&TestCluster::sqlite(1), as_configured::<SqliteConnection>);
    run(&TestCluster::sqlite(1), as_configured::<ShardConnection>);
}

async fn as_configured<C: Speak>(cluster: &TestCluster) {
    let limit = Duration::from_millis(4321);
    let db = open::<C>(cluster, &PoolSettings { statement_timeout: limit, ..pool(1) });
    let settings = |c: &mut C| {
        let journal = c.text("SELECT journal_mode AS answer FROM pragma_journal_mode")?;
        let timeout = c.number("SELECT timeout AS answer FROM pragma_busy_timeout")?;
        let foreign_keys = c.number("SELECT foreign_keys AS answer FROM pragma_foreign_keys")?;
        Ok((journal, timeout, foreign_keys))
    };
    let settings = db.read(&Thing(0), settings).await.expect("the file can be made");
    assert_eq!(settings, ("wal".to_owned(), 4321, 1));

    let orphan = |c: &mut C| {
        c.batch_execute(
            "CREATE TABLE parents (id INTEGER PRIMARY KEY);
             CREATE TABLE children (parent INTEGER REFERENCES parents);
             INSERT INTO children VALUES (1);",
        )
    };
    let error = shard_error(db.write(&Thing(0), orphan).await);
    let cause = error.query().expect("it got as far as a query").to_string();
    assert!(cause.contains("FOREIGN KEY"), "{cause}");
}

#[test]
fn the_files_folder_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a/b c/ü.db");
    let urls = [format!("sqlite://{}", file.display())];
    run(&TestCluster::sqlite(0), async |_: &TestCluster| {
        let db: ShardedDb = builder(&urls, &pool(1)).build().expect("a good cluster");
        assert!(!file.exists(), "nothing is touched before it is used");
        db.read(&Thing(0), |c| c.batch_execute("SELECT 1")).await.expect("the folder is made");
    });
    assert!(file.is_file());
}

/// A reader that turns writer can only fail when another wrote meanwhile, however long it waits.
#[test]
fn writes_that_begin_with_a_read_never_fail_each_other() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<SqliteConnection>(cluster, &pool(4)).await;
        // A pool of its own, as in another process: the permits of one do not bind the other.
        let other = open::<ShardConnection>(cluster, &pool(4));
        db.write(&Thing(0), |c| c.batch_execute("INSERT INTO things VALUES (0)"))
            .await
            .expect("up");
        let ours = join_all((0..100).map(async |_| db.write(&Thing(0), increment).await));
        let theirs = join_all((0..100).map(async |_| other.write(&Thing(0), increment).await));
        let (ours, theirs) = futures::future::join(ours, theirs).await;
        assert!(ours.iter().chain(&theirs).all(Result::is_ok), "{ours:?} {theirs:?}");
        assert_eq!(cluster.rows_per_shard("things", "n = 200"), [1]);
    });
}

fn increment<C: Speak>(c: &mut C) -> diesel::QueryResult<()> {
    let n = c.number("SELECT n AS answer FROM things")?;
    c.batch_execute(&format!("UPDATE things SET n = {}", n + 1))
}

#[test]
fn a_writer_keeps_no_reader_out_and_writers_wait_their_turn() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let impatient = PoolSettings { acquire_timeout: Duration::from_millis(150), ..pool(2) };
        let db = with_table::<ShardConnection>(cluster, &impatient).await;
        let gate = Gate::default();
        let writer = hold_write(&db, &gate).await;
        let error = shard_error(db.write(&Thing(0), Speak::things).await);
        assert!(matches!(error, ShardError::Busy { .. }), "{error:?}");
        assert_eq!(db.read(&Thing(0), Speak::things).await.expect("a reader's turn"), 0);
        assert_eq!(state(&db, 0).permits, 1, "the writer in the queue held no thread");
        gate.open();
        writer.await.expect("no panic").expect("it was alone");
        assert_eq!(db.write(&Thing(0), Speak::things).await.expect("its turn"), 1);
    });
}

/// What a file at this path is answered with, causes and all.
fn words(file: &Path) -> String {
    let urls = [format!("sqlite://{}", file.display())];
    let mut words = String::new();
    run(&TestCluster::sqlite(0), async |_: &TestCluster| {
        let db: ShardedDb = builder(&urls, &pool(1)).build().expect("a good cluster");
        let error = shard_error(db.read(&Thing(0), |c| c.batch_execute("SELECT 1")).await);
        assert!(matches!(error, ShardError::Connect { .. }), "{error:?}");
        assert_eq!(error.reason(), "unavailable");
        let cause = std::error::Error::source(&error).expect("why").to_string();
        words = format!("{error}: {cause}");
    });
    words
}

#[test]
fn a_file_that_cannot_be_opened_is_told_by_its_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = folder.path().join("notes.txt");
    fs::write(&text, "not a database, and longer than the header of one would be: ".repeat(20))
        .expect("disk has room");

    let under_a_file = words(&text.join("shard.db"));
    assert!(
        under_a_file.contains("shard-0") && under_a_file.contains("notes.txt"),
        "{under_a_file}"
    );
    let a_folder = words(folder.path());
    assert!(a_folder.contains("shard-0") && a_folder.contains("unable to open"), "{a_folder}");
    let no_database = words(&text);
    assert!(no_database.contains("not a database"), "{no_database}");
}
