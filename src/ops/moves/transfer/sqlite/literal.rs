//! Keys as literals: they are too many for parameters.

use crate::ops::moves::transfer::{Batch, TransferError};
use crate::ops::tables::{KeyKind, StoredId, StoredKey, Table};

/// Which rows of a table belong to a batch, as SQL.
pub(super) fn condition(table: &Table, batch: &Batch) -> Result<String, TransferError> {
    let mut sql = format!("{} IN (", Table::quote(table.key()));
    for (at, key) in batch.keys.iter().enumerate() {
        if at > 0 {
            sql.push(',');
        }
        match (table.kind(), key) {
            (KeyKind::Int, StoredId::Int(id)) => sql.push_str(&id.to_string()),
            (KeyKind::Text, StoredId::Text(id)) => sql.push_str(&literal(id)),
            _ => {
                let key = StoredKey { id: key.clone(), region: None };
                return Err(TransferError::KeyKind { table: table.name().to_owned(), key });
            }
        }
    }
    sql.push(')');
    sql.push_str(&batch.region.condition(table, literal));
    Ok(sql)
}

/// A text as SQL takes it. One that holds a NUL, which would end the statement, by
/// its bytes.
pub(super) fn literal(text: &str) -> String {
    if !text.contains('\0') {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CAST(x'{bytes}' AS TEXT)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::moves::RegionFilter;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(literal("o'hare\\"), "'o''hare\\'");
        assert_eq!(literal("a\0b"), "CAST(x'610062' AS TEXT)");
    }

    #[test]
    fn keys_are_of_the_declared_kind() {
        let table = Table::by_int("t", "k").with_region("r");
        let batch = |keys| Batch { region: RegionFilter::Is("eu".to_owned()), keys };
        let sql = condition(&table, &batch(vec![StoredId::Int(i64::MIN), StoredId::Int(2)]));
        assert_eq!(sql.expect("numbers"), r#""k" IN (-9223372036854775808,2) AND "r" = 'eu'"#);
        assert!(condition(&table, &batch(vec![StoredId::Text("2".into())])).is_err());
        assert_eq!(
            condition(&table, &batch(Vec::new())).expect("none"),
            r#""k" IN () AND "r" = 'eu'"#
        );
    }
}
