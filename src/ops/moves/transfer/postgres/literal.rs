//! Keys as literals: a `COPY` takes no parameters.

use super::super::{Batch, TransferError};
use crate::ops::tables::{KeyKind, StoredId, StoredKey, Table};

/// Which rows of a table belong to a batch, as SQL.
pub(super) fn condition(table: &Table, batch: &Batch) -> Result<String, TransferError> {
    let mut sql = format!("{} = ANY ({})", Table::quote(table.key()), array(table, &batch.keys)?);
    sql.push_str(&batch.region.condition(table, literal));
    Ok(sql)
}

/// Numbers as `bigint`, so that one that is too large for an `int` column finds
/// nothing; texts of no type, so that they take the column's (`text`, `uuid`, …).
fn array(table: &Table, keys: &[StoredId]) -> Result<String, TransferError> {
    let mut elements = String::with_capacity(keys.len() * 16);
    for key in keys {
        if !elements.is_empty() {
            elements.push(',');
        }
        match (table.kind(), key) {
            (KeyKind::Int, StoredId::Int(id)) => elements.push_str(&id.to_string()),
            (KeyKind::Text, StoredId::Text(id)) => {
                elements.push('"');
                elements.extend(
                    id.chars().flat_map(|c| {
                        matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])
                    }),
                );
                elements.push('"');
            }
            _ => {
                let key = StoredKey { id: key.clone(), region: None };
                return Err(TransferError::KeyKind { table: table.name().to_owned(), key });
            }
        }
    }
    let cast = if table.kind() == KeyKind::Int { "::bigint[]" } else { "" };
    Ok(format!("{}{cast}", literal(&format!("{{{elements}}}"))))
}

/// A text as SQL takes it, whatever `standard_conforming_strings` says.
pub(super) fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::moves::RegionFilter;

    fn text(keys: &[&str]) -> Batch {
        let keys = keys.iter().map(|key| StoredId::Text((*key).into())).collect();
        Batch { region: RegionFilter::Is("o'hare".to_owned()), keys }
    }

    #[test]
    fn quotes_and_backslashes_are_escaped_for_the_array_and_for_the_literal() {
        let table = Table::by_text("t", "k");
        let sql = condition(&table, &text(&["a'b", "c\\d", "e\"f", ""])).expect("texts");
        assert_eq!(sql, r#""k" = ANY (E'{"a''b","c\\\\d","e\\"f",""}')"#);
    }

    #[test]
    fn a_table_without_a_region_column_ignores_the_filter() {
        let table = Table::by_text("t", "k");
        assert!(!condition(&table, &text(&[])).expect("texts").contains("AND"));
        let sql = condition(&table.with_region("r"), &text(&[])).expect("texts");
        assert!(sql.ends_with(r#"AND "r" = E'o''hare'"#), "{sql}");
    }

    #[test]
    fn keys_are_of_the_declared_kind() {
        let numbers = Batch {
            region: RegionFilter::Null,
            keys: vec![StoredId::Int(i64::MIN), StoredId::Int(7)],
        };
        let sql = condition(&Table::by_int("t", "k").with_region("r"), &numbers).expect("numbers");
        let expected = r#""k" = ANY (E'{-9223372036854775808,7}'::bigint[]) AND "r" IS NULL"#;
        assert_eq!(sql, expected);
        assert!(condition(&Table::by_text("t", "k"), &numbers).is_err());
        assert!(condition(&Table::by_int("t", "k"), &text(&["x"])).is_err());
    }
}
