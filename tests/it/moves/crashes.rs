//! What a killed process or server leaves behind, and that the next run finishes it.

use shardwright::ops::moves::{Transfer, TransferError, copy_verified, remove_verified};
use shardwright::shard::Connect;

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET, orders, texts};

on_both!(
    a_copy_that_was_not_committed_leaves_nothing,
    a_key_on_both_sides_is_removed_at_the_source,
    a_removal_that_was_not_committed_leaves_both,
    some_on_both_some_moved_some_not_begun,
    twins_that_differ_are_refused,
    rows_changed_after_the_copy_are_kept,
);

const KEYS: [&str; 3] = ["a", "b", "c"];

fn a_copy_that_was_not_committed_leaves_nothing(stage: &Stage) {
    stage.orders(SOURCE, "a", 3);
    let before = stage.dump_all(SOURCE);
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    Transfer::link(&mut source, &mut target, &orders()).expect("they are two");
    let ended: diesel::QueryResult<()> = target.write(|target| {
        let copied = Transfer::copy(&mut source, target, &orders(), &texts(&KEYS));
        assert_eq!(copied.expect("they go").rows(), 4);
        Err(diesel::result::Error::RollbackTransaction)
    });
    assert!(ended.is_err());
    drop((source, target));
    assert_eq!(stage.count(TARGET, "orders"), 0);
    assert_eq!(stage.transfer(&orders(), &texts(&KEYS)).expect("they go").rows(), 4);
    assert_eq!(stage.dump_all(TARGET), before);
}

fn a_key_on_both_sides_is_removed_at_the_source(stage: &Stage) {
    stage.orders(SOURCE, "a", 3);
    let before = stage.dump_all(SOURCE);
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    let copied = copy_verified(&mut source, &mut target, &orders(), &texts(&KEYS));
    assert_eq!(copied.expect("they go").rows(), 4);
    drop((source, target));
    assert_eq!((&stage.dump_all(SOURCE), &stage.dump_all(TARGET)), (&before, &before));
    let again = stage.transfer(&orders(), &texts(&KEYS)).expect("they are equal");
    assert_eq!(again.rows(), 4);
    assert_eq!(stage.count(SOURCE, "orders") + stage.count(SOURCE, "order_requests"), 0);
    assert_eq!(stage.dump_all(TARGET), before);
    assert_eq!(stage.transfer(&orders(), &texts(&KEYS)).expect("it is done").rows(), 0);
    assert_eq!(stage.dump_all(TARGET), before);
}

fn a_removal_that_was_not_committed_leaves_both(stage: &Stage) {
    stage.orders(SOURCE, "a", 3);
    let before = stage.dump_all(SOURCE);
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    copy_verified(&mut source, &mut target, &orders(), &texts(&KEYS)).expect("they go");
    let ended: diesel::QueryResult<()> = source.write(|source| {
        assert_eq!(source.remove(&orders(), &texts(&KEYS)).expect("they go").rows(), 4);
        Err(diesel::result::Error::RollbackTransaction)
    });
    assert!(ended.is_err());
    drop((source, target));
    assert_eq!(stage.dump_all(SOURCE), before);
    stage.transfer(&orders(), &texts(&KEYS)).expect("they are equal");
    assert_eq!((stage.count(SOURCE, "orders"), stage.dump_all(TARGET)), (0, before));
}

fn some_on_both_some_moved_some_not_begun(stage: &Stage) {
    for key in KEYS {
        stage.orders(SOURCE, key, 2);
    }
    let before = stage.dump_all(SOURCE);
    stage.transfer(&orders(), &texts(&["a"])).expect("it goes");
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    copy_verified(&mut source, &mut target, &orders(), &texts(&["b"])).expect("it goes");
    let moved = stage.transfer(&orders(), &texts(&KEYS)).expect("the rest goes");
    assert_eq!(moved.rows(), 6, "two keys, of which one was there");
    assert_eq!((stage.count(SOURCE, "orders"), stage.dump_all(TARGET)), (0, before));
}

fn twins_that_differ_are_refused(stage: &Stage) {
    stage.orders(SOURCE, "a", 1);
    stage.orders(SOURCE, "b", 2);
    stage.orders(TARGET, "b", 2);
    for change in [
        "UPDATE orders SET total_cents = total_cents + 1 WHERE total_cents < 100",
        "DELETE FROM orders WHERE total_cents > 100",
        "INSERT INTO order_requests SELECT tenant_id, 'more', '', order_id, created_at FROM orders",
        "DELETE FROM orders",
    ] {
        stage.run(TARGET, change);
        let before = [stage.dump_all(SOURCE), stage.dump_all(TARGET)];
        let refused = stage.transfer(&orders(), &texts(&KEYS)).expect_err("they differ");
        let TransferError::Twins(what) = &refused else { panic!("{change}: {refused:?}") };
        assert_eq!(what.key.to_string(), "b");
        assert!(refused.to_string().contains("key b has 2 rows of table orders"), "{refused}");
        assert_eq!([stage.dump_all(SOURCE), stage.dump_all(TARGET)], before, "{change}");
    }
}

fn rows_changed_after_the_copy_are_kept(stage: &Stage) {
    stage.orders(SOURCE, "a", 2);
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    let copied = copy_verified(&mut source, &mut target, &orders(), &texts(&KEYS));
    let copied = copied.expect("it goes");
    stage.run(SOURCE, "UPDATE orders SET status = 'shipped'");
    let refused = remove_verified(&mut source, &orders(), &texts(&KEYS), &copied);
    let Err(TransferError::Changed(what)) = refused else { panic!("{refused:?}") };
    assert_eq!((what.table.as_str(), what.rows), ("orders", [2, 2]));
    stage.run(SOURCE, "UPDATE orders SET status = 'paid'");
    stage.orders(SOURCE, "b", 1);
    let refused = remove_verified(&mut source, &orders(), &texts(&KEYS), &copied);
    let Err(TransferError::Changed(what)) = refused else { panic!("{refused:?}") };
    assert_eq!((what.key.to_string().as_str(), what.rows), ("b", [0, 1]));
    assert_eq!(stage.count(SOURCE, "orders"), 3);
    remove_verified(&mut source, &orders(), &texts(&["a"]), &copied).expect("as it was");
    assert_eq!(stage.count(SOURCE, "orders"), 1);
}
