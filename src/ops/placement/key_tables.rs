use crate::{ops::tables::Table, routing::Router};

/// The tables as they are to be read for these rules: with their region columns
/// if any of the rules may look at the region, else by the key column alone.
#[must_use]
pub fn key_tables(tables: &[Table], rules: &[&dyn Router]) -> Vec<Table> {
    let by_id = |rule: &&dyn Router| matches!(rule.strategy(), "range" | "consistent_hash");
    match rules.iter().all(by_id) {
        true => tables.iter().cloned().map(Table::without_region).collect(),
        false => tables.to_vec(),
    }
}
