//! Calls that are made as one are told of one by one, and their batch once.

use std::sync::Arc;

use super::every_connection;
use super::item::{Log, Speak};
use super::stage::{builder, find_as_one, insert, make_table, plant, pool};
use crate::support::cluster::TestCluster;
use crate::support::recorder::Recorder;

every_connection!(1 => each_call_of_a_batch_is_told, a_row_by_itself_is_a_batch_of_one);

async fn each_call_of_a_batch_is_told<C: Speak>(cluster: &TestCluster) {
    make_table(cluster);
    plant(cluster, 0..8);
    let told = Recorder::default();
    let builder = builder::<C>(cluster.urls(), &pool(1)).observer(Arc::new(told.clone()));
    let db = builder.build().expect("a good cluster");
    find_as_one(&db, 0..8).await;
    let mut lines = told.take();
    lines.sort();
    let count =
        |line: &str| lines.iter().filter(|told| **told == format!("shard-0: {line}")).count();
    assert_eq!((count("1 read as one"), count("8 read as one")), (1, 1), "{lines:?}");
    assert_eq!((count("turn to read"), count("read done")), (9, 9), "{lines:?}");
    assert_eq!((count("connection to read"), count("ran read")), (2, 2), "{lines:?}");
    assert_eq!(lines.len(), 24, "{lines:?}");
}

async fn a_row_by_itself_is_a_batch_of_one<C: Speak>(cluster: &TestCluster) {
    make_table(cluster);
    let told = Recorder::default();
    let builder = builder::<C>(cluster.urls(), &pool(1)).observer(Arc::new(told.clone()));
    let db = builder.build().expect("a good cluster");
    insert(&db, Log::default().item(7)).await.expect("the shard is up");
    let steps =
        ["turn to insert", "1 insert as one", "connection to insert", "ran insert", "insert done"];
    assert_eq!(told.take(), steps.map(|step| format!("shard-0: {step}")));
    insert(&db, Log::default().item(7)).await.expect_err("there is one");
    assert_eq!(told.take().last().expect("it was told"), "shard-0: insert constraint");
}
