//! `COPY` statements whose text is made at run time.
//!
//! Diesel's `COPY` takes its target from a type, by a function that is handed no
//! value: it is made for tables known when the program is compiled. Ours are
//! declared at run time. So one type stands for all of them, and its function finds
//! the statement's text in a slot of this thread, which is filled for the duration
//! of one call of Diesel's and emptied however that ends.

use std::{cell::RefCell, io::BufRead, io::Write};

use diesel::{
    PgConnection, QueryResult, copy_from, copy_to,
    pg::{CopyFormat, CopyTarget, Pg},
    prelude::ExecuteCopyFromDsl as _,
    query_builder::AstPass,
    result::Error,
    sql_types::Integer,
};

diesel::table! {
    /// Never read: Diesel wants a target to belong to a table.
    declared_at_run_time (nothing) {
        nothing -> Integer,
    }
}

thread_local! {
    static STATEMENT: RefCell<Option<String>> = const { RefCell::new(None) };
}

struct AtRunTime;

impl CopyTarget for AtRunTime {
    type Table = declared_at_run_time::table;
    type SqlType = Integer;

    fn walk_target(mut pass: AstPass<'_, '_, Pg>) -> QueryResult<()> {
        STATEMENT.with_borrow(|statement| match statement {
            Some(sql) => {
                pass.push_sql(sql);
                Ok(())
            }
            None => Err(Error::QueryBuilderError("a COPY outside its call".into())),
        })
    }
}

/// Empties the slot, or puts back what was in it.
struct Slot(Option<String>);

impl Slot {
    fn fill(sql: &str) -> Self {
        Self(STATEMENT.replace(Some(sql.to_owned())))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        STATEMENT.set(self.0.take());
    }
}

/// `COPY <what> TO STDOUT` in the binary format, where `what` is a query in parentheses.
///
/// A server that fails half way looks like one that is done: whoever reads must
/// look for the trailer. Afterwards the connection has to be drained by any
/// [`batch_execute`](diesel::connection::SimpleConnection::batch_execute), which
/// Diesel leaves to the caller.
pub(super) fn out<'conn>(
    conn: &'conn mut PgConnection,
    what: &str,
) -> QueryResult<impl BufRead + 'conn> {
    let _slot = Slot::fill(what);
    copy_to(AtRunTime).with_format(CopyFormat::Binary).load_raw(conn)
}

/// `COPY <what> FROM STDIN` in the binary format, where `what` is a table and its
/// columns. Gives the number of rows taken.
pub(super) fn into(
    conn: &mut PgConnection,
    what: &str,
    write: impl Fn(&mut dyn Write) -> QueryResult<()>,
) -> QueryResult<usize> {
    let _slot = Slot::fill(what);
    let copy = copy_from(declared_at_run_time::table).from_raw_data(AtRunTime, write);
    copy.with_format(CopyFormat::Binary).execute(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_is_empty_again_whatever_happens() {
        let held = || STATEMENT.with_borrow(Clone::clone);
        {
            let _outer = Slot::fill("outer");
            {
                let _inner = Slot::fill("inner");
                assert_eq!(held().as_deref(), Some("inner"));
            }
            assert_eq!(held().as_deref(), Some("outer"));
        }
        assert_eq!(held(), None);
        let panicked = std::panic::catch_unwind(|| {
            let _slot = Slot::fill("lost");
            panic!("in the middle");
        });
        assert!(panicked.is_err() && held().is_none());
    }
}
