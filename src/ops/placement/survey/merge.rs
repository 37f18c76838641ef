use std::{cmp::Ordering, vec};

use tokio::sync::mpsc::Receiver;

use super::{super::Load, reader::Told};
use crate::ops::tables::StoredKey;

/// A key and where its rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident<'a> {
    /// The key.
    pub key: &'a StoredKey,
    /// The shards it is on, as places in the survey's list, ascending, each with
    /// what it has there. Never empty; more than one is a key stored twice.
    pub at: &'a [(usize, Load)],
}

impl Resident<'_> {
    /// What it has on all shards together.
    #[must_use]
    pub fn load(&self) -> Load {
        self.at.iter().map(|(_, load)| *load).sum()
    }
}

/// What ended a merge before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// A shard fell silent before its end.
    Silent,
    /// The shard at this place is not in order.
    Disorder(usize),
}

/// One shard's keys, the first of them in hand.
struct Stream {
    from: Receiver<Told>,
    chunk: vec::IntoIter<(StoredKey, Load)>,
    head: Option<(StoredKey, Load)>,
    keyless: Load,
}

/// Merges what the shards tell, each ascending, into one ascending sequence; the
/// result is the rows without a key, shard by shard.
pub(super) async fn merge(
    shards: Vec<Receiver<Told>>,
    mut each: impl FnMut(Resident<'_>),
) -> Result<Vec<Load>, Stopped> {
    let mut streams: Vec<_> = shards.into_iter().map(Stream::new).collect();
    for stream in &mut streams {
        stream.advance().await?;
    }
    let mut at = Vec::with_capacity(streams.len());
    let mut last: Option<StoredKey> = None;
    while let Some(key) = take_smallest(&mut streams, &mut at) {
        if last.is_some_and(|last| last >= key) {
            return Err(Stopped::Disorder(at[0].0));
        }
        each(Resident { key: &key, at: &at });
        for (place, _) in &at {
            streams[*place].advance().await?;
        }
        last = Some(key);
    }
    Ok(streams.into_iter().map(|stream| stream.keyless).collect())
}

/// The smallest key of all heads, with every shard that has it in `at`.
fn take_smallest(streams: &mut [Stream], at: &mut Vec<(usize, Load)>) -> Option<StoredKey> {
    at.clear();
    for (place, stream) in streams.iter().enumerate() {
        let Some((key, load)) = &stream.head else { continue };
        let smallest = at.first().and_then(|(first, _)| streams[*first].key());
        match smallest.map_or(Ordering::Less, |smallest| key.cmp(smallest)) {
            Ordering::Less => {
                at.clear();
                at.push((place, *load));
            }
            Ordering::Equal => at.push((place, *load)),
            Ordering::Greater => {}
        }
    }
    let (first, _) = at.first()?;
    streams[*first].head.take().map(|(key, _)| key)
}

impl Stream {
    fn new(from: Receiver<Told>) -> Self {
        Self { from, chunk: Vec::new().into_iter(), head: None, keyless: Load::default() }
    }

    fn key(&self) -> Option<&StoredKey> {
        self.head.as_ref().map(|(key, _)| key)
    }

    /// Takes the next key in hand, if there is one.
    async fn advance(&mut self) -> Result<(), Stopped> {
        loop {
            self.head = self.chunk.next();
            if self.head.is_some() {
                return Ok(());
            }
            match self.from.recv().await.ok_or(Stopped::Silent)? {
                Told::Keys(chunk) => self.chunk = chunk.into_iter(),
                Told::End(keyless) => {
                    self.keyless = keyless;
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use tokio::sync::mpsc::channel;

    use super::*;
    use crate::ops::tables::StoredId;

    type Shard = Vec<(StoredKey, Load)>;
    type Seen = Vec<(StoredKey, Vec<(usize, Load)>)>;

    fn merged(shards: Vec<(Shard, usize)>) -> (Seen, Result<Vec<Load>, Stopped>) {
        let mut seen = Vec::new();
        let outcome = wait(async {
            let (mut receivers, mut telling) = (Vec::new(), Vec::new());
            for (place, (keys, chunk)) in shards.into_iter().enumerate() {
                let (tell, told) = channel(1);
                receivers.push(told);
                telling.push(async move {
                    for keys in keys.chunks(chunk) {
                        let _ = tell.send(Told::Keys(keys.to_vec())).await;
                    }
                    let _ = tell.send(Told::End(load(place))).await;
                });
            }
            let each = |key: Resident<'_>| seen.push((key.key.clone(), key.at.to_vec()));
            futures::future::join(merge(receivers, each), futures::future::join_all(telling))
                .await
                .0
        });
        (seen, outcome)
    }

    fn wait<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(work)
    }

    fn load(rows: usize) -> Load {
        Load { rows: rows as u64, bytes: 10 * rows as u64 }
    }

    fn key(id: i64) -> StoredKey {
        StoredKey { id: StoredId::Int(id), region: None }
    }

    fn keys() -> impl Strategy<Value = StoredKey> {
        let texts = prop_oneof!["[a-cB]{0,2}", Just("ä".to_owned())];
        let region = prop_oneof![Just(None), Just(Some("eu")), Just(Some("us"))];
        (texts, region).prop_map(|(id, region)| StoredKey {
            id: StoredId::Text(id.into()),
            region: region.map(Into::into),
        })
    }

    proptest! {
        #[test]
        fn it_is_what_a_map_would_hold(
            shards in prop::collection::vec(
                (prop::collection::btree_map(keys(), 0_usize..9, 0..12), 1_usize..4), 0..5,
            ),
        ) {
            let mut expected: BTreeMap<StoredKey, Vec<(usize, Load)>> = BTreeMap::new();
            for (place, (keys, _)) in shards.iter().enumerate() {
                for (key, rows) in keys {
                    expected.entry(key.clone()).or_default().push((place, load(*rows)));
                }
            }
            let ends = (0..shards.len()).map(load).collect::<Vec<_>>();
            let told = |(keys, chunk): (BTreeMap<StoredKey, usize>, usize)| {
                (keys.into_iter().map(|(key, rows)| (key, load(rows))).collect(), chunk)
            };
            let (seen, outcome) = merged(shards.into_iter().map(told).collect());
            prop_assert_eq!(seen, expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(outcome, Ok(ends));
        }
    }

    #[test]
    fn a_shard_out_of_order_is_named() {
        let keys = |ids: &[i64]| ids.iter().map(|id| (key(*id), load(1))).collect();
        let shards = |second: &[i64]| vec![(keys(&[1, 4]), 2), (keys(second), 2)];
        assert_eq!(merged(shards(&[2, 3])).1, Ok(vec![load(0), load(1)]));
        assert_eq!(merged(shards(&[3, 2])).1, Err(Stopped::Disorder(1)));
        assert_eq!(merged(shards(&[3, 3])).1, Err(Stopped::Disorder(1)));
    }

    #[test]
    fn one_that_falls_silent_is_not_taken_for_done() {
        let (tell, told) = channel(2);
        tell.try_send(Told::Keys(vec![(key(1), load(1))])).unwrap_or_else(|_| panic!("room"));
        drop(tell);
        let outcome = wait(merge(vec![told], |_| {}));
        assert_eq!(outcome, Err(Stopped::Silent));
    }
}
