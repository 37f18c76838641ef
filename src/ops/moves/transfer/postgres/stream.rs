use std::{cell::RefCell, io::BufRead, io::Write};

use diesel::{
    PgConnection,
    connection::SimpleConnection,
    result::{DatabaseErrorKind, Error},
};

use super::{
    Selection, raw,
    rows::{Rows, SIGNATURE, TRAILER, first},
};
use crate::ops::moves::transfer::{KeySum, Tally, TransferError};
use crate::ops::tables::StoredKey;

/// How much is gathered before it is sent on.
const PIECE: usize = 64 * 1024;

/// Where rows that are read go.
pub(super) enum Outlet<'a> {
    /// They are only looked at.
    Nowhere,
    /// Into the table of the same name there.
    To(&'a mut PgConnection),
}

/// Reads the rows that a query gives, adds them to the tally and passes them on.
pub(super) fn read_into(
    conn: &mut PgConnection,
    selection: &Selection<'_>,
    query: &str,
    done: &'static str,
    tally: &mut Tally,
    outlet: Outlet<'_>,
) -> Result<(), TransferError> {
    let outcome = match raw::out(conn, query) {
        Ok(stream) => {
            let reader = Reader { stream, selection, tally, run: None };
            match outlet {
                Outlet::Nowhere => reader.read_to_the_end(|_| Ok(())),
                Outlet::To(target) => reader.write_to(target),
            }
        }
        Err(error) => Err(selection.failed(done, error)),
    };
    // Drains what Diesel left, whatever came of it.
    let drained = conn.batch_execute("RESET enable_seqscan");
    match (outcome, drained) {
        (Err(TransferError::Cut { table, .. }), Err(source)) => {
            Err(TransferError::Cut { table, source: Some(source) })
        }
        (Ok(()), Err(source)) => Err(TransferError::Session(source)),
        (outcome, _) => outcome,
    }
}

struct Reader<'a, 'b, R> {
    stream: R,
    selection: &'a Selection<'b>,
    tally: &'a mut Tally,
    /// Rows of one key come together mostly: what has come of the present one.
    run: Option<Run>,
}

#[derive(Default)]
struct Run {
    key: Vec<u8>,
    sum: KeySum,
    bytes: u64,
}

impl<R: BufRead> Reader<'_, '_, R> {
    fn write_to(self, target: &mut PgConnection) -> Result<(), TransferError> {
        let (layout, table) = (self.selection.layout, self.selection.table);
        let what = format!("{} ({})", table.quoted(), layout.columns());
        let selection = self.selection;
        // Diesel calls the closure once, but promises less.
        let reader = RefCell::new(Some(self));
        let why = RefCell::new(None);
        let written = raw::into(target, &what, |sink| {
            let Some(reader) = reader.take() else { return Ok(()) };
            reader.pass_on(sink).map_err(|error| {
                why.replace(Some(error));
                Error::RollbackTransaction
            })
        });
        match (written, why.into_inner()) {
            (Ok(_), None) => Ok(()),
            (written, why) => {
                // Diesel leaves this connection undrained too; in the failed
                // transaction the statement does nothing else.
                let _ = target.batch_execute("SELECT 1");
                Err(match (why, written) {
                    (Some(why), _) => why,
                    (None, Err(error)) => selection.failed("written", error),
                    (None, Ok(_)) => unreachable!("one of the two is an error"),
                })
            }
        }
    }

    fn pass_on(self, sink: &mut dyn Write) -> Result<(), TransferError> {
        let selection = self.selection;
        let failed = |error: std::io::Error| selection.failed("written", io_error(&error));
        let mut piece = Vec::with_capacity(PIECE + PIECE / 4);
        piece.extend_from_slice(SIGNATURE);
        piece.extend_from_slice(&[0; 8]);
        self.read_to_the_end(|row| {
            piece.extend_from_slice(row);
            if piece.len() >= PIECE {
                sink.write_all(&piece).map_err(failed)?;
                piece.clear();
            }
            Ok(())
        })?;
        piece.extend_from_slice(&TRAILER);
        sink.write_all(&piece).map_err(failed)
    }

    fn read_to_the_end(
        mut self,
        mut each: impl FnMut(&[u8]) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        let selection = self.selection;
        let table = || selection.table.name().to_owned();
        let mut rows = Rows::new(selection.layout.len());
        loop {
            let piece = match self.stream.fill_buf() {
                Ok(piece) => piece,
                Err(error) => return Err(selection.failed("read", io_error(&error))),
            };
            let length = piece.len();
            if length == 0 {
                break;
            }
            let (run, tally) = (&mut self.run, &mut *self.tally);
            rows.feed(piece, |row| {
                account(run, tally, selection, row)?;
                each(row).map_err(Wrong::Error)
            })
            .map_err(|wrong| match wrong {
                Wrong::Error(error) => error,
                Wrong::Format(problem) => TransferError::Garbled { table: table(), problem },
            })?;
            self.stream.consume(length);
        }
        if !rows.is_whole() {
            return Err(TransferError::Cut { table: table(), source: None });
        }
        match self.run.take() {
            Some(run) => settle(self.tally, selection, run),
            None => Ok(()),
        }
    }
}

enum Wrong {
    Error(TransferError),
    Format(String),
}

impl From<String> for Wrong {
    fn from(problem: String) -> Self {
        Self::Format(problem)
    }
}

/// Adds a row to its key's run, which ends where another key begins.
fn account(
    run: &mut Option<Run>,
    tally: &mut Tally,
    selection: &Selection<'_>,
    row: &[u8],
) -> Result<(), Wrong> {
    let key = first(row).ok_or_else(|| "a key is null".to_owned())?;
    if run.as_ref().is_none_or(|run| run.key != key) {
        let next = Run { key: key.to_vec(), ..Run::default() };
        if let Some(done) = run.replace(next) {
            settle(tally, selection, done).map_err(Wrong::Error)?;
        }
    }
    if let Some(run) = run {
        run.sum.add(row);
        run.bytes += row.len() as u64;
    }
    Ok(())
}

fn settle(tally: &mut Tally, selection: &Selection<'_>, run: Run) -> Result<(), TransferError> {
    let stray = |key| TransferError::Stray { table: selection.table.name().to_owned(), key };
    let key = selection.layout.key(&run.key).ok_or_else(|| stray(format!("{:?}", run.key)))?;
    let added = tally.add(selection.at, key, run.sum, run.bytes);
    added.map_err(|key| stray(StoredKey { id: key, region: None }.to_string()))
}

/// Diesel wraps what libpq says of a stream as an I/O error.
fn io_error(error: &std::io::Error) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(error.to_string()))
}
