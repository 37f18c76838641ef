//! Orders and users found by their keys, and stored, many with one statement.
//!
//! On Postgres each statement takes arrays, so that it is the same whatever their
//! length and stays prepared. One row takes the plain statement, which is cheaper. A
//! SQLite database has no round trips to save: there it is one row after the other.

/// Adds `unnest($1, $2, …)` of the columns, each with its SQL type, to a statement.
macro_rules! unnest {
    ($out:ident, $first:ty => $column:expr $(, $next:ty => $more:expr)*) => {
        $out.push_sql("unnest(");
        $out.push_bind_param::<diesel::sql_types::Array<$first>, _>($column)?;
        $(
            $out.push_sql(", ");
            $out.push_bind_param::<diesel::sql_types::Array<$next>, _>($more)?;
        )*
        $out.push_sql(")");
    };
}

mod orders;
mod users;

use diesel::{OptionalExtension, QueryResult, result::Error};

/// Has a statement that stores many rows fail soon if one of them waits for somebody
/// else's uncommitted row of the same key: then each goes by itself, and only that one
/// waits. It holds for the statement alone.
const BRIEF_LOCK_WAITS: &str = "set_config('lock_timeout', '100ms', true), ";

/// Rows with the place of their keys, which Postgres counts from 1.
fn numbered<T>(rows: Vec<(i64, T)>) -> QueryResult<Vec<(usize, T)>> {
    let from_nought = |(place, row)| match usize::try_from(place - 1) {
        Ok(place) => Ok((place, row)),
        Err(error) => Err(Error::DeserializationError(Box::new(error))),
    };
    rows.into_iter().map(from_nought).collect()
}

/// The row of the only key, if there is one.
fn only<T>(found: QueryResult<T>) -> QueryResult<Vec<(usize, T)>> {
    Ok(found.optional()?.map(|row| (0, row)).into_iter().collect())
}

/// One key after the other.
fn each<K, T>(
    keys: &[K],
    mut find: impl FnMut(&K) -> QueryResult<T>,
) -> QueryResult<Vec<(usize, T)>> {
    let mut rows = Vec::with_capacity(keys.len());
    for (place, key) in keys.iter().enumerate() {
        rows.extend(find(key).optional()?.map(|row| (place, row)));
    }
    Ok(rows)
}
