//! Whatever rows there are: they arrive byte for byte, and those of other keys stay.

use proptest::{collection::vec, option, prelude::*, test_runner::TestRunner};
use shardwright::ops::tables::Table;

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET, texts};

on_both!(random_rows_survive);

#[derive(Debug, Clone)]
struct Row {
    key: String,
    text: Option<String>,
    int: Option<i64>,
    real: Option<f64>,
    blob: Option<Vec<u8>>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    // PostgreSQL has no NUL in texts.
    let text = || "[^\u{0}]{0,40}";
    let key = prop_oneof!["[a-c]", "[\"'\\\\{},; ]{0,3}", text()];
    let blob = vec(any::<u8>(), 0..300);
    let row =
        (key, option::of(text()), any::<Option<i64>>(), any::<Option<f64>>(), option::of(blob));
    vec(row.prop_map(|(key, text, int, real, blob)| Row { key, text, int, real, blob }), 0..60)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Row {
    fn sql(&self, postgres: bool) -> String {
        let text = |text: &str| match postgres {
            true => format!("convert_from('\\x{}', 'UTF8')", hex(text.as_bytes())),
            false => format!("CAST(x'{}' AS TEXT)", hex(text.as_bytes())),
        };
        let blob = |blob: &Vec<u8>| match postgres {
            true => format!("'\\x{}'", hex(blob)),
            false => format!("x'{}'", hex(blob)),
        };
        let real = |real: f64| if postgres { format!("'{real}'") } else { format!("{real:e}") };
        let null = || "NULL".to_owned();
        let values = [
            text(&self.key),
            self.text.as_deref().map_or_else(null, text),
            self.int.map_or_else(null, |int| format!("'{int}'")),
            self.real.filter(|real| real.is_finite()).map_or_else(null, real),
            self.blob.as_ref().map_or_else(null, blob),
        ];
        format!("({})", values.join(", "))
    }
}

const COLUMNS: [&str; 5] = ["k", "t", "i", "r", "b"];

fn random_rows_survive(stage: &Stage) {
    let blob = if stage.is_postgres() { "bytea" } else { "blob" };
    stage.on_both(&format!(
        "CREATE TABLE things (k text, t text, i bigint, r double precision, b {blob}); \
         CREATE INDEX things_k ON things (k)"
    ));
    let table = [Table::by_text("things", "k")];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(40));
    let outcome = runner.run(&rows(), |rows| {
        stage.on_both("DELETE FROM things");
        if !rows.is_empty() {
            let values: Vec<_> = rows.iter().map(|row| row.sql(stage.is_postgres())).collect();
            stage.run(SOURCE, &format!("INSERT INTO things VALUES {}", values.join(", ")));
        }
        let mut keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(keys.len().div_ceil(2));
        let before = stage.dump(SOURCE, "things", &COLUMNS);
        let expected = rows.iter().filter(|row| keys.contains(&row.key.as_str())).count();
        let moved = stage.transfer(&table, &texts(&keys)).expect("they go");
        prop_assert_eq!(moved.rows(), expected as u64);
        prop_assert_eq!(stage.count(TARGET, "things"), expected as i64);
        let mut after = stage.dump(SOURCE, "things", &COLUMNS);
        after.extend(stage.dump(TARGET, "things", &COLUMNS));
        after.sort();
        prop_assert_eq!(after, before);
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
}
