use std::ops::ControlFlow;

use diesel::{
    QueryResult, QueryableByName,
    sql_types::{BigInt, Nullable, Text},
};

use super::super::Load;
use crate::ops::tables::{StoredId, StoredKey};

/// One line of the statement's answer, as either backend gives it.
pub(super) trait Counted {
    fn parts(self) -> (Option<StoredKey>, Load);
}

/// A key that is a number.
#[derive(QueryableByName)]
pub(super) struct ByInt {
    #[diesel(sql_type = Nullable<BigInt>)]
    id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    region: Option<String>,
    #[diesel(sql_type = BigInt)]
    counted: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// A key that is text.
#[derive(QueryableByName)]
pub(super) struct ByText {
    #[diesel(sql_type = Nullable<Text>)]
    id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    region: Option<String>,
    #[diesel(sql_type = BigInt)]
    counted: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

impl Counted for ByInt {
    fn parts(self) -> (Option<StoredKey>, Load) {
        (key(self.id.map(StoredId::Int), self.region), load(self.counted, self.bytes))
    }
}

impl Counted for ByText {
    fn parts(self) -> (Option<StoredKey>, Load) {
        let id = self.id.map(|id| StoredId::Text(id.into_boxed_str()));
        (key(id, self.region), load(self.counted, self.bytes))
    }
}

fn key(id: Option<StoredId>, region: Option<String>) -> Option<StoredKey> {
    Some(StoredKey { id: id?, region: region.map(String::into_boxed_str) })
}

/// Counts and sizes are never below nought.
fn load(rows: i64, bytes: i64) -> Load {
    Load { rows: rows.unsigned_abs(), bytes: bytes.unsigned_abs() }
}

/// Hands on what has a key, and adds up what has none.
pub(super) fn hand_on<R: Counted>(
    rows: impl Iterator<Item = QueryResult<R>>,
    each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
) -> QueryResult<Load> {
    let mut keyless = Load::default();
    for row in rows {
        match row?.parts() {
            (None, load) => keyless += load,
            (Some(key), load) => {
                if each(key, load).is_break() {
                    break;
                }
            }
        }
    }
    Ok(keyless)
}
