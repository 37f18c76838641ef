use std::{error::Error, sync::Arc};

use super::{
    Program,
    migrate::{Migrate, MigrateError, Source, status_on},
};
use crate::shard::{Admission, Held, Refusal};

/// Lets a connection serve only once its database has every migration the
/// binary knows; otherwise the shard is refused, with what mends
/// it. A database that is ahead is let in: a newer version is being deployed.
pub fn schema_admission<C: Migrate>(source: Source<C>) -> Admission<C> {
    Arc::new(move |_, conn| schema(conn, &source, Program::Application).map(|()| Held::default()))
}

/// Whether a database has every migration the binary knows.
pub(super) fn schema<C: Migrate>(
    conn: &mut C,
    source: &Source<C>,
    program: Program,
) -> Result<(), Refusal> {
    let status = status_on(conn, source).map_err(refusal)?;
    let pending: Vec<_> = status.pending().map(|known| known.name.as_str()).collect();
    if pending.is_empty() {
        return Ok(());
    }
    let remedy = match program {
        Program::Service => "run `shardwright migration run`",
        Program::Application => "have them run",
    };
    let pending = pending.join(", ");
    Err(Refusal::Unfit(format!("migrations are pending ({pending}); {remedy}")))
}

/// A lost connection is that shard's trouble as always; anything else makes the
/// database unfit until someone looks at it.
fn refusal(error: MigrateError) -> Refusal {
    match error {
        MigrateError::History(source) => Refusal::Query(source),
        other => {
            let cause = other.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            Refusal::Unfit(format!("{other}{cause}"))
        }
    }
}
