use diesel::result::Error;

use super::{Batch, Tally, Transfer, TransferError};
use crate::ops::tables::{StoredId, Table};

/// Moves a batch: copies it, compares, and only then removes it at the source.
/// Says what was moved.
///
/// Killed at any moment and run again, it finishes: a key that is complete and equal
/// on both sides is only removed at the source, and one that is at the target alone
/// is done. Blocks.
///
/// # Errors
/// [`TransferError`]; [`TransferError::Twins`] if both sides hold different rows of a
/// key. What is at the source is removed only if all of it is at the target.
pub fn transfer<C: Transfer>(
    source: &mut C,
    target: &mut C,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let copied = copy_verified(source, target, tables, batch)?;
    remove_verified(source, tables, batch, &copied)?;
    Ok(copied)
}

/// The first half of [`transfer`]: afterwards the target holds, durably, all that
/// the source has of these keys, which is what is returned. Blocks.
///
/// # Errors
/// [`TransferError`]; the target is then as it was.
pub fn copy_verified<C: Transfer>(
    source: &mut C,
    target: &mut C,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    C::link(source, target, tables)?;
    let copied = in_transaction(target, "target", |target| {
        let there = target.tally(tables, batch)?;
        let (held, rest): (Vec<StoredId>, Vec<StoredId>) =
            batch.keys.iter().cloned().partition(|key| there.holds(key));
        if held.is_empty() {
            return copy_and_compare(source, target, tables, batch);
        }
        let mut here = settled(source, tables, &batch.of(held), &there)?;
        here.absorb(copy_and_compare(source, target, tables, &batch.of(rest))?);
        Ok(here)
    });
    // If nothing was copied, why matters more than that the session is lost too.
    let unlinked = C::unlink(target);
    let copied = copied?;
    unlinked.map(|()| copied)
}

/// The second half: removes these keys at the source if they are still what was
/// copied. Blocks.
///
/// # Errors
/// [`TransferError`]; the source is then as it was. [`TransferError::Changed`] if the
/// rows are not those of `copied`.
pub fn remove_verified<C: Transfer>(
    source: &mut C,
    tables: &[Table],
    batch: &Batch,
    copied: &Tally,
) -> Result<(), TransferError> {
    if copied.rows() == 0 {
        return Ok(());
    }
    in_transaction(source, "source", |source| {
        let removed = source.remove(tables, batch)?;
        copied.difference(&removed).map_or(Ok(()), |what| Err(TransferError::Changed(what)))
    })
}

fn copy_and_compare<C: Transfer>(
    source: &mut C,
    target: &mut C,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let sent = C::copy(source, target, tables, batch)?;
    let arrived = target.tally(tables, batch)?;
    match sent.difference(&arrived) {
        Some(what) => Err(TransferError::Unfaithful(what)),
        None => Ok(sent),
    }
}

/// What the source still has of keys that the target holds too: all that the target
/// has, or nothing.
fn settled<C: Transfer>(
    source: &mut C,
    tables: &[Table],
    held: &Batch,
    there: &Tally,
) -> Result<Tally, TransferError> {
    let here = source.tally(tables, held)?;
    let left: Vec<StoredId> = held.keys.iter().filter(|key| here.holds(key)).cloned().collect();
    let there = there.only(&left);
    match here.difference(&there) {
        Some(what) => Err(TransferError::Twins(what)),
        None => Ok(here),
    }
}

/// [`write`](crate::shard::Connect::write) for errors of ours.
fn in_transaction<C: Transfer, T>(
    conn: &mut C,
    side: &'static str,
    f: impl FnOnce(&mut C) -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let mut why = None;
    let outcome = conn.write(|conn| {
        f(conn).map_err(|error| {
            why = Some(error);
            Error::RollbackTransaction
        })
    });
    outcome.map_err(|source| why.unwrap_or(TransferError::Transaction { side, source }))
}
