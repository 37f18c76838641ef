//! Servers that fail in the middle of the rows: Postgres ends a `COPY` then much as it does when
//! all is said.

use diesel::connection::SimpleConnection;
use shardwright::ops::moves::{Transfer, TransferError, transfer};
use shardwright::ops::tables::Table;

use super::stage::{SOURCE, Stage, TARGET, orders, texts};
use crate::support::cluster::TestCluster;

const FILL: &str = "
    INSERT INTO real SELECT 'tenant-' || n, gen_random_uuid(), 'c', 'paid', n, 'EUR', now()
    FROM generate_series(1, 20000) n";

/// Orders in the thousands, read through a view that does something bad at the last.
fn with_a_view(bad: &str) -> (Stage, [Table; 1]) {
    let stage = Stage::over(TestCluster::postgres(2));
    stage.run(
        SOURCE,
        &format!(
            "ALTER TABLE orders RENAME TO real; {FILL}; CREATE FUNCTION bad() RETURNS bigint \
             LANGUAGE plpgsql AS $$ BEGIN {bad}; RETURN 0; END $$; \
             CREATE VIEW orders AS SELECT tenant_id, order_id, customer_id, status, \
             CASE total_cents WHEN 19999 THEN bad() ELSE total_cents END AS total_cents, \
             currency, created_at FROM real"
        ),
    );
    let [table, _] = orders();
    (stage, [table])
}

fn keys() -> Vec<String> {
    (1..=20_000).map(|n| format!("tenant-{n}")).collect()
}

#[test]
fn an_error_in_the_middle_of_reading_leaves_nothing() {
    let (stage, table) = with_a_view("RAISE 'out of luck'");
    let keys = keys();
    let batch = texts(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    let error = transfer(&mut source, &mut target, &table, &batch).expect_err("it is cut");
    assert!(matches!(error, TransferError::Cut { source: None, .. }), "{error:?}");
    assert_eq!((stage.count(TARGET, "orders"), stage.count(SOURCE, "real")), (0, 20_000));
    let error = source.tally(&table, &batch).expect_err("it is cut");
    assert!(matches!(error, TransferError::Cut { .. }), "{error:?}");

    // Both connections are as good as before.
    source
        .batch_execute("DROP VIEW orders; ALTER TABLE real RENAME TO orders")
        .expect("it is well");
    let moved = transfer(&mut source, &mut target, &table, &batch).expect("they go");
    assert_eq!((moved.rows(), stage.count(TARGET, "orders")), (20_000, 20_000));
}

#[test]
fn a_source_that_dies_in_the_middle_leaves_nothing() {
    let (stage, table) = with_a_view("PERFORM pg_terminate_backend(pg_backend_pid())");
    let keys = keys();
    let batch = texts(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let error = stage.transfer(&table, &batch).expect_err("it is cut");
    let lost = matches!(
        error,
        TransferError::Cut { source: Some(_), .. } | TransferError::Failed { done: "read", .. }
    );
    assert!(lost, "{error:?}");
    assert_eq!((stage.count(TARGET, "orders"), stage.count(SOURCE, "real")), (0, 20_000));
}

#[test]
fn a_target_that_dies_in_the_middle_leaves_nothing() {
    let stage = Stage::over(TestCluster::postgres(2));
    stage.run(SOURCE, &FILL.replace("real", "orders"));
    stage.run(
        TARGET,
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN IF NEW.total_cents = 15000 THEN PERFORM pg_terminate_backend(pg_backend_pid());
          END IF; RETURN NEW; END';
         CREATE TRIGGER die BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION die()",
    );
    let keys = keys();
    let batch = texts(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let (mut source, mut target) = (stage.conn(SOURCE), stage.conn(TARGET));
    let error = transfer(&mut source, &mut target, &orders(), &batch).expect_err("it died");
    assert!(matches!(error, TransferError::Failed { done: "written", .. }), "{error:?}");
    assert_eq!((stage.count(TARGET, "orders"), stage.count(SOURCE, "orders")), (0, 20_000));

    stage.run(TARGET, "DROP TRIGGER die ON orders");
    let moved = transfer(&mut source, &mut stage.conn(TARGET), &orders(), &batch);
    assert_eq!(moved.expect("the source's connection is as good as before").rows(), 20_000);
}

#[test]
fn a_removal_that_fails_in_the_middle_leaves_both() {
    let stage = Stage::over(TestCluster::postgres(2));
    stage.run(SOURCE, &FILL.replace("real", "orders"));
    stage.run(
        SOURCE,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN IF OLD.total_cents = 15000 THEN RAISE ''never''; END IF; RETURN OLD; END';
         CREATE TRIGGER refuse BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    let keys = keys();
    let batch = texts(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let error = stage.transfer(&orders(), &batch).expect_err("it is refused");
    assert!(matches!(error, TransferError::Cut { .. }), "{error:?}");
    assert_eq!((stage.count(TARGET, "orders"), stage.count(SOURCE, "orders")), (20_000, 20_000));
    stage.run(SOURCE, "DROP TRIGGER refuse ON orders");
    assert_eq!(stage.transfer(&orders(), &batch).expect("they are equal").rows(), 20_000);
    assert_eq!((stage.count(TARGET, "orders"), stage.count(SOURCE, "orders")), (20_000, 0));
}
