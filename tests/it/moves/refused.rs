//! What can't be moved faithfully is refused, and nothing is changed by trying.

use diesel::{Connection, SqliteConnection};
use shardwright::ops::moves::{Batch, TransferError, transfer};
use shardwright::ops::tables::Table;

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET, ints, orders, texts};
use crate::support::{cluster::TestCluster, cluster::connect};

on_both!(
    a_target_with_other_columns_is_refused,
    rows_in_the_way_at_the_target_are_kept,
    a_target_that_changes_rows_is_found_out,
    a_source_that_keeps_rows_is_found_out,
    what_hangs_on_the_rows_must_be_declared,
    what_refers_across_keys_is_refused,
    a_database_is_not_moved_into_itself,
    a_key_of_the_wrong_kind_is_refused,
);

/// That moving fails and changes nothing; gives the words.
#[track_caller]
fn refused(stage: &Stage, tables: &[Table], batch: &Batch) -> (TransferError, String) {
    let names: Vec<&str> = tables.iter().map(Table::name).collect();
    let rows = |shard| {
        let sql = |name: &&str| format!("SELECT CAST(count(*) AS text) AS line FROM {name}");
        names.iter().map(|name| stage.lines(shard, &sql(name))).collect::<Vec<_>>()
    };
    let exists = |error: &TransferError| !matches!(error, TransferError::NoTable { .. });
    let error = stage.transfer(tables, batch).expect_err("it can't be moved");
    if exists(&error) {
        assert_eq!(
            (rows(SOURCE), rows(TARGET)),
            (vec![vec!["2".to_owned()]], vec![vec!["0".into()]])
        );
    }
    let words = error.to_string();
    (error, words)
}

fn made(stage: &Stage, here: &str, there: &str) -> [Table; 1] {
    stage.on_both("DROP TABLE IF EXISTS things");
    stage.run(SOURCE, &format!("CREATE TABLE things ({here})"));
    if !there.is_empty() {
        stage.run(TARGET, &format!("CREATE TABLE things ({there})"));
    }
    stage.run(SOURCE, "INSERT INTO things VALUES (1, 1), (2, 2)");
    [Table::by_int("things", "k")]
}

fn a_target_with_other_columns_is_refused(stage: &Stage) {
    let same = "k bigint, n bigint";
    for (here, there, expected) in [
        (same, "", "there is no table things on the target"),
        (same, "k bigint", "column n of table things is missing on the target"),
        (
            same,
            "k bigint, n bigint, more int",
            "column more of table things is missing on the source",
        ),
        (same, "k bigint, n varchar(9)", "column n of table things is bigint on the source and"),
        (same, "n bigint", "column k of table things is not on the target"),
        (same, "k bigint, m bigint", "column n of table things is missing on the target"),
    ] {
        let table = made(stage, here, there);
        let (_, words) = refused(stage, &table, &ints(&[1, 2]));
        assert!(words.to_lowercase().contains(&expected.to_lowercase()), "{words}");
    }
    if stage.is_postgres() {
        stage.on_both("CREATE TYPE mood AS ENUM ('fine')");
        for of in ["mood[]", "regclass"] {
            let columns = format!("k bigint, n bigint, bad {of}");
            let table = made(stage, &columns, &columns);
            let (_, words) = refused(stage, &table, &ints(&[1, 2]));
            let expected = format!("column bad of table things is of type {of}");
            assert!(words.contains(&expected), "{words}");
        }
    }
}

fn rows_in_the_way_at_the_target_are_kept(stage: &Stage) {
    let columns = match stage.is_postgres() {
        true => "k bigint, n bigint UNIQUE",
        false => "k bigint, n bigint UNIQUE ON CONFLICT REPLACE",
    };
    let table = made(stage, columns, columns);
    stage.run(TARGET, "INSERT INTO things VALUES (7, 2)");
    let error = stage.transfer(&table, &ints(&[1, 2])).expect_err("there is one in the way");
    let TransferError::Failed { done: "written", .. } = error else { panic!("{error:?}") };
    assert_eq!(stage.lines(TARGET, "SELECT CAST(k AS text) AS line FROM things"), ["7"]);
    assert_eq!(stage.count(SOURCE, "things"), 2);

    let table = made(stage, "k bigint, n bigint", "k bigint, n bigint CHECK (n < 2)");
    let (error, _) = refused(stage, &table, &ints(&[1, 2]));
    assert!(matches!(error, TransferError::Failed { done: "written", .. }), "{error:?}");
}

fn a_target_that_changes_rows_is_found_out(stage: &Stage) {
    let same = "k bigint, n bigint";
    let function = "CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS";
    let triggers = match stage.is_postgres() {
        true => [
            format!(
                "{function} 'BEGIN NEW.n := 7; RETURN NEW; END'; CREATE TRIGGER meddle \
                 BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION meddle()"
            ),
            format!(
                "{function} 'BEGIN IF NEW.k = 1 THEN RETURN NULL; END IF; RETURN NEW; END'; \
                 CREATE TRIGGER meddle BEFORE INSERT ON things FOR EACH ROW \
                 EXECUTE FUNCTION meddle()"
            ),
        ],
        false => [
            "CREATE TRIGGER meddle AFTER INSERT ON things BEGIN UPDATE things SET n = 7; END"
                .into(),
            "CREATE TRIGGER meddle BEFORE INSERT ON things WHEN NEW.k = 1 \
             BEGIN SELECT RAISE(IGNORE); END"
                .into(),
        ],
    };
    for trigger in triggers {
        let table = made(stage, same, same);
        stage.run(TARGET, &trigger);
        let (error, words) = refused(stage, &table, &ints(&[1, 2]));
        let TransferError::Unfaithful(what) = error else { panic!("{error:?}") };
        assert_eq!(what.key.to_string(), "1", "{words}");
    }
}

fn a_source_that_keeps_rows_is_found_out(stage: &Stage) {
    let table = made(stage, "k bigint, n bigint", "k bigint, n bigint");
    stage.run(
        SOURCE,
        match stage.is_postgres() {
            true => {
                "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF OLD.k = 1 THEN RETURN NULL; END IF; RETURN OLD; END';
                 CREATE TRIGGER keep BEFORE DELETE ON things FOR EACH ROW EXECUTE FUNCTION keep()"
            }
            false => {
                "CREATE TRIGGER keep BEFORE DELETE ON things WHEN OLD.k = 1
                 BEGIN SELECT RAISE(IGNORE); END"
            }
        },
    );
    let error = stage.transfer(&table, &ints(&[1, 2])).expect_err("a row stays");
    let expected = matches!(error, TransferError::Changed(_) | TransferError::Kept { .. });
    assert!(expected, "{error:?}");
    assert_eq!((stage.count(SOURCE, "things"), stage.count(TARGET, "things")), (2, 2));
}

fn what_hangs_on_the_rows_must_be_declared(stage: &Stage) {
    let table = made(stage, "k bigint PRIMARY KEY, n bigint", "k bigint PRIMARY KEY, n bigint");
    for action in ["CASCADE", "SET NULL"] {
        stage.run(
            SOURCE,
            &format!(
                "CREATE TABLE parts (k bigint REFERENCES things (k) ON DELETE {action}); \
                 INSERT INTO parts VALUES (1)"
            ),
        );
        let (error, words) = refused(stage, &table, &ints(&[1, 2]));
        assert!(matches!(error, TransferError::Cascade { .. }), "{error:?}");
        assert!(words.contains("parts") && words.contains(action), "{words}");
        assert_eq!(stage.lines(SOURCE, "SELECT CAST(k AS text) AS line FROM parts"), ["1"]);
        stage.run(SOURCE, "DROP TABLE parts");
    }
}

/// A row of one key that refers to a row of another would go with it, though it stays behind.
fn what_refers_across_keys_is_refused(stage: &Stage) {
    let parents = "CREATE TABLE parents (id bigint PRIMARY KEY, k bigint);
        CREATE TABLE children (k bigint, parent bigint REFERENCES parents (id) ON DELETE CASCADE)";
    stage.run(SOURCE, parents);
    stage.run(TARGET, parents);
    stage.run(SOURCE, "INSERT INTO parents VALUES (10, 1); INSERT INTO children VALUES (2, 10)");
    let tables = [Table::by_int("parents", "k"), Table::by_int("children", "k")];
    let error = stage.transfer(&tables, &ints(&[1])).expect_err("key 2 would lose a row");
    assert!(matches!(error, TransferError::Cascade { .. }), "{error:?}");
    assert!(error.to_string().contains("by the key column"), "{error}");
    assert_eq!(stage.count(SOURCE, "children"), 1);
}

fn a_database_is_not_moved_into_itself(stage: &Stage) {
    stage.orders(SOURCE, "a", 2);
    let before = stage.dump_all(SOURCE);
    let (mut one, mut other) = (stage.conn(SOURCE), stage.conn(SOURCE));
    let error = transfer(&mut one, &mut other, &orders(), &texts(&["a"])).expect_err("it is one");
    assert!(matches!(error, TransferError::SameDatabase), "{error:?}");
    if !stage.is_postgres() {
        let file = stage.cluster.urls()[SOURCE].strip_prefix("sqlite://").expect("it is a file");
        let linked = format!("{file}.linked");
        std::fs::hard_link(file, &linked).expect("its folder is ours");
        let mut other = connect(&format!("sqlite://{linked}"));
        let error = transfer(&mut one, &mut other, &orders(), &texts(&["a"]));
        assert!(matches!(error, Err(TransferError::SameDatabase)), "{error:?}");
    }
    assert_eq!(stage.dump_all(SOURCE), before);
}

fn a_key_of_the_wrong_kind_is_refused(stage: &Stage) {
    let table = made(stage, "k bigint, n bigint", "k bigint, n bigint");
    let (error, _) = refused(stage, &table, &texts(&["1"]));
    assert!(matches!(error, TransferError::KeyKind { .. }), "{error:?}");
}

#[test]
fn a_key_that_only_the_database_takes_for_equal_is_refused() {
    let stage = Stage::over(TestCluster::sqlite(2));
    stage.on_both("CREATE TABLE things (k TEXT COLLATE NOCASE, n INT)");
    stage.run(SOURCE, "INSERT INTO things VALUES ('a', 1), ('A', 2)");
    let table = [Table::by_text("things", "k")];
    let (error, words) = refused(&stage, &table, &texts(&["a"]));
    assert!(matches!(error, TransferError::Stray { .. }), "{error:?}");
    assert!(words.contains("row of key A"), "{words}");
    assert_eq!(stage.transfer(&table, &texts(&["a", "A"])).expect("both are meant").rows(), 2);
}

#[test]
fn backends_are_not_mixed() {
    let (postgres, sqlite) = (TestCluster::postgres(1), TestCluster::sqlite(1));
    let (mut one, mut other) = (postgres.connection(0), sqlite.connection(0));
    for _ in 0..2 {
        let error = transfer(&mut one, &mut other, &orders(), &texts(&["a"])).expect_err("no way");
        assert!(matches!(error, TransferError::Mixed), "{error:?}");
        std::mem::swap(&mut one, &mut other);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a database in memory is no shard")]
fn a_database_in_memory_is_refused() {
    let open = || SqliteConnection::establish(":memory:").expect("it takes no file");
    let error = transfer(&mut open(), &mut open(), &orders(), &texts(&["a"])).expect_err("no file");
    assert!(matches!(error, TransferError::InMemory), "{error:?}");
}
