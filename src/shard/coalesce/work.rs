use std::marker::PhantomData;

use diesel::{QueryResult, result::Error};

use super::Row;
use crate::shard::Access;

/// A kind of call of which many can be made as one.
pub(in crate::shard) trait Work<C>: Sized + Send + 'static {
    /// What one caller asks for.
    type Item: Send + 'static;
    /// What one caller is answered.
    type Answer: Send + 'static;
    /// Whose rows these are.
    const KEYSPACE: &'static str;
    /// What a batch does.
    const BATCH: Access;
    /// What a call by itself does.
    const ALONE: Access;

    /// The answers to all items, in their order. Blocks.
    fn carry_out(conn: &mut C, items: &[Self::Item]) -> QueryResult<Vec<Self::Answer>>;
}

/// Rows looked for by their keys.
pub(in crate::shard) struct Finds<R>(PhantomData<fn() -> R>);

/// Rows to be stored.
pub(in crate::shard) struct Inserts<R>(PhantomData<fn() -> R>);

impl<C, R: Row<C>> Work<C> for Finds<R> {
    type Item = R::Key;
    type Answer = Option<R>;
    const KEYSPACE: &'static str = R::KEYSPACE;
    const BATCH: Access = Access::Read;
    const ALONE: Access = Access::Read;

    fn carry_out(conn: &mut C, keys: &[R::Key]) -> QueryResult<Vec<Option<R>>> {
        let mut found: Vec<Option<R>> = keys.iter().map(|_| None).collect();
        for (place, row) in R::find_many(conn, keys)? {
            *found.get_mut(place).ok_or_else(|| stray(place, keys.len()))? = Some(row);
        }
        Ok(found)
    }
}

impl<C, R: Row<C>> Work<C> for Inserts<R> {
    type Item = R;
    type Answer = ();
    const KEYSPACE: &'static str = R::KEYSPACE;
    const BATCH: Access = Access::Insert;
    const ALONE: Access = Access::Write;

    fn carry_out(conn: &mut C, rows: &[R]) -> QueryResult<Vec<()>> {
        R::insert_many(conn, rows)?;
        Ok(vec![(); rows.len()])
    }
}

fn stray(place: usize, keys: usize) -> Error {
    Error::QueryBuilderError(
        format!("find_many answered for key {place}, counted from 0, of {keys}").into(),
    )
}
