//! Tables of anyone's own, with what the service's don't have.

use shardwright::ops::tables::Table;

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET, ints, texts};

on_both!(
    every_kind_of_column_survives,
    parents_are_copied_first_and_removed_last,
    keys_of_other_column_types_are_found,
);

const THINGS: [&str; 9] =
    ["owner", "n", "amount", "doc", "raw", "tags", "odd\" name", "real", "twice"];

fn every_kind_of_column_survives(stage: &Stage) {
    let twice = "twice bigint GENERATED ALWAYS AS (n * 2) STORED";
    let (here, there, rows) = match stage.is_postgres() {
        true => (
            format!(
                "CREATE TYPE mood AS ENUM ('dull', 'fine'); CREATE TABLE things (gone int, \
                 owner text, n bigint, {twice}, amount numeric(30, 5), doc jsonb, raw bytea, \
                 tags text[], \"odd\"\" name\" mood, real double precision, \
                 PRIMARY KEY (owner, n)); ALTER TABLE things DROP gone"
            ),
            format!(
                "CREATE TYPE mood AS ENUM ('other', 'fine', 'dull'); CREATE TABLE things \
                 (real double precision, tags text[], raw bytea, doc jsonb, amount numeric(30, 5), \
                 \"odd\"\" name\" mood, {twice}, n bigint, owner text, PRIMARY KEY (owner, n))"
            ),
            "('it''s', 1, -12345678901234567890.12345, '{\"a\": [1, null, \"☃\"]}', '\\x00ff27', \
              ARRAY['a', NULL, '', '{\"}'], 'fine', 'NaN'), \
             ('it''s', 2, 'NaN', 'null', '', '{}', NULL, '-0'), \
             ('it''s', -9223372036854775807 / 2, NULL, NULL, NULL, \
              '[2:3][1:2]={{a,b},{c,d}}', 'dull', 5e-324), \
             ('other', 1, 0, '1', '', NULL, 'dull', '-Infinity')",
        ),
        false => (
            format!(
                "CREATE TABLE things (owner TEXT, n BIGINT, {twice}, amount NUMERIC, doc, \
                 raw BLOB, tags TEXT, \"odd\"\" name\" INT, real REAL, PRIMARY KEY (owner, n))"
            ),
            format!(
                "CREATE TABLE things (real REAL, tags text, raw BLOB, doc, amount NUMERIC, \
                 \"odd\"\" name\" INT, {twice}, n BIGINT, owner TEXT, PRIMARY KEY (owner, n))"
            ),
            "('it''s', 1, 1.5, CAST(x'6100620041' AS TEXT), x'00ff27', '', 'no number', 0.1), \
             ('it''s', 2, 'text', 7, x'', NULL, NULL, -0.0), \
             ('it''s', -4611686018427387903, NULL, x'8081', NULL, '☃', 3, 9e999), \
             ('other', 1, 0, 0.1, '', CAST(x'ff' AS TEXT), 4, 4.9406564584124654e-324)",
        ),
    };
    stage.run(SOURCE, &here);
    stage.run(TARGET, &there);
    let columns = "owner, n, amount, doc, raw, tags, \"odd\"\" name\", real";
    stage.run(SOURCE, &format!("INSERT INTO things ({columns}) VALUES {rows}"));
    let things = THINGS.map(|name| name.replace('"', "\"\""));
    let things: Vec<&str> = things.iter().map(String::as_str).collect();
    let before = stage.dump(SOURCE, "things", &things);
    let table = [Table::by_text("things", "owner")];
    let moved = stage.transfer(&table, &texts(&["it's", "other"])).expect("they go");
    assert_eq!(moved.rows(), 4);
    assert_eq!(stage.dump(TARGET, "things", &things), before);
    assert_eq!(stage.count(SOURCE, "things"), 0);
}

fn parents_are_copied_first_and_removed_last(stage: &Stage) {
    let cascade = "ON DELETE CASCADE";
    stage.on_both(&format!(
        "CREATE TABLE parents (k bigint PRIMARY KEY, older bigint REFERENCES parents);
         CREATE TABLE children (k bigint REFERENCES parents {cascade}, n int);
         CREATE TABLE toys (k bigint REFERENCES parents, n int)"
    ));
    stage.run(
        SOURCE,
        "INSERT INTO parents VALUES (2, NULL), (3, NULL), (1, 2);
         INSERT INTO children VALUES (1, 1), (1, 2), (2, 1), (3, 1);
         INSERT INTO toys VALUES (1, 1), (3, 1)",
    );
    let tables = ["parents", "children", "toys"].map(|name| Table::by_int(name, "k"));
    let moved = stage.transfer(&tables, &ints(&[1, 2])).expect("they go");
    assert_eq!(moved.rows(), 6);
    let counts = |shard| ["parents", "children", "toys"].map(|name| stage.count(shard, name));
    assert_eq!((counts(SOURCE), counts(TARGET)), ([1, 1, 1], [2, 3, 1]));
}

fn keys_of_other_column_types_are_found(stage: &Stage) {
    if !stage.is_postgres() {
        return;
    }
    let uuid = "01234567-89ab-7def-8123-456789abcdef";
    let lone = format!("'{uuid}'");
    for (column, value, batch, int) in [
        ("uuid", lone.as_str(), texts(&[uuid]), false),
        ("varchar(9)", "'a'", texts(&["a"]), false),
        ("char(9)", "'a'", texts(&["a"]), false),
        ("smallint", "-7", ints(&[-7, i64::MAX]), true),
        ("integer", "7", ints(&[7, i64::MIN]), true),
    ] {
        stage.on_both(&format!(
            "DROP TABLE IF EXISTS odd; DROP DOMAIN IF EXISTS own; CREATE DOMAIN own AS {column}; \
             CREATE TABLE odd (k own)"
        ));
        stage.run(SOURCE, &format!("INSERT INTO odd VALUES ({value}), ({value})"));
        let table = if int { Table::by_int("odd", "k") } else { Table::by_text("odd", "k") };
        let moved =
            stage.transfer(&[table], &batch).unwrap_or_else(|why| panic!("{column}: {why}"));
        assert_eq!((moved.rows(), stage.count(TARGET, "odd")), (2, 2), "{column}");
        assert!(moved.holds(&batch.keys[0]), "{column}: {moved:?}");
    }
}
