use std::ops::ControlFlow;

use tokio::sync::mpsc::Sender;

use super::super::{Census, Load};
use crate::{
    ops::tables::{StoredKey, Table},
    shard::{Shard, ShardError},
};

/// Keys in one message: few enough for memory, and enough that handing them
/// over costs nothing beside reading them.
const CHUNK: usize = 512;

/// What a shard's thread says.
pub(super) enum Told {
    /// Its next keys.
    Keys(Vec<(StoredKey, Load)>),
    /// There are no more; these rows have none. One that falls silent without
    /// this has failed.
    End(Load),
}

/// Reads one shard into the channel; ends early if nobody listens any more.
pub(super) async fn read<C: Census>(
    shards: &[&Shard<C>],
    place: usize,
    tables: Vec<Table>,
    tell: Sender<Told>,
) -> (usize, Result<(), ShardError>) {
    let shard = shards[place];
    let id = shard.id().clone();
    let work = move |conn: &mut C| {
        let mut chunk = Vec::with_capacity(CHUNK);
        let keyless = conn.keys(&tables, &mut |key, load| {
            chunk.push((key, load));
            if chunk.len() < CHUNK {
                return ControlFlow::Continue(());
            }
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            match tell.blocking_send(Told::Keys(full)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        let keyless = keyless.map_err(|source| ShardError::Query { shard: id, source })?;
        // Whoever has gone needs no end either.
        let _ = tell.blocking_send(Told::Keys(chunk));
        let _ = tell.blocking_send(Told::End(keyless));
        Ok(())
    };
    (place, shard.survey(work).await)
}
