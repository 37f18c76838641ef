//! A SQLite shard whose file is taken away under a running service.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use shardwright::cluster::ShardedDb;
use shardwright::shard::{BreakerState, Fault, ShardConnection, ShardError, Trouble};

use super::db::{Speak, Thing, builder, hold_write, pool, shard_error, state, with_table};
use crate::support::both::run;
use crate::support::cluster::TestCluster;
use crate::support::files::Files;
use crate::support::gate::Gate;
use crate::support::until::until;

type Db = ShardedDb<ShardConnection>;

async fn insert(db: &Db, n: i64) -> Result<(), ShardError> {
    let sql = format!("INSERT INTO things VALUES ({n})");
    match db.write(&Thing(0), move |c: &mut ShardConnection| c.batch_execute(&sql)).await {
        Ok(()) => Ok(()),
        Err(error) => Err(shard_error(Err::<(), _>(error))),
    }
}

async fn things(db: &Db) -> Result<i64, ShardError> {
    match db.read(&Thing(0), Speak::things).await {
        Ok(things) => Ok(things),
        Err(error) => Err(shard_error(Err::<(), _>(error))),
    }
}

/// A whole database beside the cluster's, with a table of so many things.
fn other(folder: &Path, n: i64) -> PathBuf {
    let file = folder.join("other.db");
    let url = format!("sqlite://{}", file.display());
    let mut other = crate::support::cluster::connect(&url);
    let fill = format!(
        "PRAGMA journal_mode = DELETE; CREATE TABLE things (n BIGINT UNIQUE);
         WITH RECURSIVE all_of(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM all_of WHERE n < {n})
         INSERT INTO things SELECT -n FROM all_of;"
    );
    other.batch_execute(&fill).expect("disk has room");
    file
}

#[test]
fn one_that_is_missing_is_down_and_not_made_anew() {
    run(&TestCluster::sqlite(2), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        let files = Files::of(cluster, 0);
        insert(&db, 1).await.expect("it is there");
        files.take_away();
        for outcome in [insert(&db, 2).await, things(&db).await.map(drop)] {
            let error = outcome.expect_err("there is no file");
            assert_eq!(error.reason(), "file missing", "{error:?}");
            let cause = std::error::Error::source(&error).expect("why").to_string();
            assert!(cause.contains(&files.0.display().to_string()), "{cause}");
        }
        let refused = insert(&db, 3).await;
        assert!(matches!(refused, Err(ShardError::Connect { .. })), "{refused:?}");
        assert_eq!(state(&db, 0).breaker, BreakerState::Open, "three in a row");
        assert_eq!(state(&db, 0).size, 0, "nobody has the file open");
        assert!(!files.0.exists(), "an empty one would be taken for the shard");
        let others = db.read(&Thing(1), Speak::things).await;
        assert_eq!(others.expect("its neighbour is well"), 0);
        files.put_back();
        until("it is served from again", async || things(&db).await.is_ok()).await;
        assert_eq!(things(&db).await.expect("it is back"), 1);
    });
}

#[test]
fn who_only_looks_finds_it_missing_too() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(1)).await;
        let files = Files::of(cluster, 0);
        let shard = &db.shards()[0];
        files.take_away();
        let looked = shard.look(|_| Ok::<_, ShardError>(())).await;
        assert_eq!(looked.expect_err("no file").reason(), Trouble::Missing.reason());
        let worked = shard.dedicated(|_| Ok::<_, ShardError>(())).await;
        assert_eq!(worked.expect_err("no file").reason(), Trouble::Missing.reason());
        assert!(!files.0.exists());
    });
}

#[test]
fn a_write_into_a_file_that_is_taken_away_is_not_acknowledged() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        let files = Files::of(cluster, 0);
        let gate = Gate::default();
        let writer = hold_write(&db, &gate).await;
        files.take_away();
        gate.open();
        let error = shard_error(writer.await.expect("no panic"));
        let fault = error.query().map(Fault::of);
        assert_eq!(fault, Some(Fault::Connection), "its outcome is unknown: {error:?}");
        files.put_back();
        until("it is served from again", async || insert(&db, 2).await.is_ok()).await;
        assert!(things(&db).await.is_ok_and(|n| n == 1 || n == 2));
    });
}

/// Its log lies beside it under its name, and would be read as the new one's.
#[test]
fn another_beside_the_log_of_the_one_before_is_left_alone() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        let files = Files::of(cluster, 0);
        insert(&db, 1).await.expect("it is there");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let other = other(folder.path(), 500);
        files.replace_by(&other);
        let mut seen = Vec::new();
        until("the log is told of", async || {
            let error = things(&db).await.expect_err("it can't be read");
            assert_eq!(error.reason(), "file replaced", "{error:?}");
            seen.extend(std::error::Error::source(&error).map(ToString::to_string));
            seen.iter().any(|words| words.contains("the log of the one before"))
        })
        .await;
        assert_eq!(fs::read(&files.0).ok(), fs::read(&other).ok(), "nothing touched it");
        files.clear_log();
        until("it is opened", async || things(&db).await.is_ok()).await;
        assert_eq!(things(&db).await.expect("it is open"), 500);
    });
}

#[test]
fn no_other_is_opened_while_the_one_before_is_in_use() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        let files = Files::of(cluster, 0);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let other = other(folder.path(), 7);
        let gate = Gate::default();
        let reader = {
            let (db, gate) = (db.clone(), gate.clone());
            let read = move |c: &mut ShardConnection| {
                gate.pass();
                c.things()
            };
            tokio::spawn(async move { db.read(&Thing(0), read).await })
        };
        gate.holds(1).await;
        files.take_away();
        files.clear_log();
        files.replace_by(&other);
        let error = things(&db).await.expect_err("it is in use");
        let cause = std::error::Error::source(&error).expect("why").to_string();
        assert!(cause.contains("once all connections are closed"), "{cause}");
        gate.open();
        reader.await.expect("no panic").expect("it has the one before open");
        until("the other is opened", async || things(&db).await.is_ok()).await;
        assert_eq!(things(&db).await.expect("it is open"), 7);
    });
}

#[test]
fn an_operators_work_in_a_file_that_is_gone_is_not_done() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        let files = Files::of(cluster, 0);
        let shard = &db.shards()[0];
        let write = |c: &mut ShardConnection| {
            c.batch_execute("DELETE FROM things").expect("the connection is open");
            Ok::<_, ShardError>(())
        };
        shard.dedicated(write).await.expect("the file is there");
        let aside = Files::of(cluster, 0);
        let error = shard.dedicated(move |c| {
            aside.take_away();
            write(c)
        });
        assert_eq!(error.await.expect_err("nobody has it").reason(), "file missing");
        files.put_back();
        shard.dedicated(|_| Ok::<_, ShardError>(())).await.expect("it is back");
    });
}

#[test]
fn who_only_looks_leaves_a_log_as_it_is() {
    run(&TestCluster::sqlite(1), async |cluster: &TestCluster| {
        let files = Files::of(cluster, 0);
        let db = with_table::<ShardConnection>(cluster, &pool(2)).await;
        insert(&db, 1).await.expect("it is there");
        // As of a service that was killed.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let copy = Files(folder.path().join("shard.db"));
        files.copy_to(&copy);
        let before = copy.log();
        assert!(!before.is_empty());
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        let link = elsewhere.path().join("link.db");
        symlink(&copy.0, &link).expect("a folder of ours");
        for path in [&copy.0, &link] {
            let url = format!("sqlite://{}", path.display());
            let db = builder::<ShardConnection>(&[url], &pool(2)).build().expect("a good cluster");
            let look =
                db.shards()[0].look(|c: &mut ShardConnection| Ok::<_, ShardError>(c.things()));
            assert_eq!(look.await.expect("it is there").expect("a table"), 1);
            assert_eq!(copy.log(), before);
        }
    });
}
