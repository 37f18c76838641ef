use crate::key::ShardIndex;

/// How many points a bucket holds on average. Fewer would be found a little sooner
/// on a small ring; but on a large one the table would take cache from the entries.
const POINTS_A_BUCKET: usize = 2;

/// The bits of an entry that are the owner; those above are its point's highest.
const OWNER: u64 = 0xffff;

/// Points on a circle and whose they are: finds the first point strictly greater
/// than a hash, past the last one the first.
///
/// A binary search would do, but guesses wrong at every other of its steps, and on
/// a large ring waits for memory at most of them: it costs more than the MD5 it
/// follows. Since hashes are spread evenly, the circle is cut into equal *buckets*
/// instead, one for every other point. A table says at which point each begins, and
/// from there it is a step or two. What a step looks at is eight bytes a point: its
/// first 48 bits together with its owner, so that the answer is at hand where the
/// search ends. So a lookup waits for memory twice, however large the ring.
///
/// The whole of a point is looked at only where its first 48 bits are the hash's
/// too, which a ring of MD5s never sees. Points that crowd into one bucket make the
/// search slow there, never wrong.
#[derive(Clone)]
pub(super) struct Ring {
    /// Of each bucket, the place of the first point in it or after it.
    starts: Vec<u32>,
    /// By place. One more than there are points: past the last the owner of the
    /// first, greater than every hash, so that the search ends without counting.
    entries: Vec<u64>,
    /// By place, ascending.
    points: Vec<u128>,
}

impl Ring {
    /// A ring of at least one point, ascending; of points that fall together the
    /// first owns what comes before them.
    pub(super) fn new(points: Vec<u128>, owners: impl IntoIterator<Item = ShardIndex>) -> Self {
        debug_assert!(points.is_sorted() && !points.is_empty());
        let mut entries: Vec<u64> =
            points.iter().zip(owners).map(|(point, owner)| entry(*point, owner)).collect();
        entries.push(!OWNER | entries[0]);

        let past = u32::try_from(points.len()).expect("a ring has at most MOST_POINTS");
        let mut starts = vec![past; points.len() / POINTS_A_BUCKET + 1];
        let mut known = 0;
        for (place, point) in (0_u32..).zip(&points) {
            // The buckets since the last point's, which are empty, and this one's.
            let next = bucket(*point, starts.len()) + 1;
            if known < next {
                starts[known..next].fill(place);
                known = next;
            }
        }
        Self { starts, entries, points }
    }

    /// Whose the first point strictly greater is.
    pub(super) fn owner_of(&self, hash: u128) -> ShardIndex {
        owner(self.entries[self.after(hash)])
    }

    /// The place of the first point strictly greater.
    pub(super) fn successor(&self, hash: u128) -> usize {
        let after = self.after(hash);
        if after == self.len() { 0 } else { after }
    }

    /// As [`Self::successor`], but past the last point its place is their number.
    fn after(&self, hash: u128) -> usize {
        let bits = high(hash) & !OWNER;
        let mut at = self.starts[bucket(hash, self.starts.len())] as usize;
        while self.entries[at] < bits {
            at += 1;
        }
        if self.entries[at] & !OWNER == bits {
            at += self.points[at..].partition_point(|point| *point <= hash);
        }
        at
    }

    /// How many points there are.
    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    /// The point at a place.
    pub(super) fn point(&self, at: usize) -> u128 {
        self.points[at]
    }

    /// Whose the point at a place is.
    pub(super) fn owner(&self, at: usize) -> ShardIndex {
        owner(self.entries[at])
    }
}

fn high(hash: u128) -> u64 {
    (hash >> 64) as u64
}

/// The bucket a hash falls into: the circle's share before it, times their number.
fn bucket(hash: u128, buckets: usize) -> usize {
    ((u128::from(high(hash)) * buckets as u128) >> 64) as usize
}

fn entry(point: u128, owner: ShardIndex) -> u64 {
    (high(point) & !OWNER) | owner.get() as u64
}

fn owner(entry: u64) -> ShardIndex {
    ShardIndex::new((entry & OWNER) as u16)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::*;

    /// A ring whose owners tell its points apart.
    fn ring(points: &[u128]) -> Ring {
        Ring::new(points.to_vec(), (0..=u16::MAX).map(ShardIndex::new))
    }

    /// The definition, read out.
    fn plainly(points: &[u128], hash: u128) -> usize {
        points.iter().position(|point| *point > hash).unwrap_or(0)
    }

    #[track_caller]
    fn agree(ring: &Ring, points: &[u128], hash: u128) {
        let place = plainly(points, hash);
        assert_eq!(ring.successor(hash), place, "{hash:032x} among {points:032x?}");
        assert_eq!(ring.owner_of(hash).get(), place, "{hash:032x} among {points:032x?}");
    }

    /// Points all over the circle, and crowds that share their first 32, 48, 64 or
    /// all bits with one another, at its ends too.
    fn points() -> impl Strategy<Value = Vec<u128>> {
        let seed = prop_oneof![any::<u128>(), Just(0), Just(u128::MAX)];
        let same = prop::sample::select(vec![0, 32, 48, 64, 128]);
        let crowd = (seed, same, vec(any::<u128>(), 1..40)).prop_map(|(seed, same, others)| {
            let own = u128::MAX.checked_shr(same).unwrap_or(0);
            others.into_iter().map(|other| (seed & !own) | (other & own)).collect::<Vec<_>>()
        });
        vec(crowd, 1..6).prop_map(|crowds| {
            let mut points = crowds.concat();
            points.sort_unstable();
            points
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_finds_what_the_definition_says(
            points in points(),
            strangers in vec(any::<u128>(), 20),
            near in vec((any::<Index>(), 0_u32..128), 20),
        ) {
            let ring = ring(&points);
            let near = near.into_iter().map(|(point, bit)| point.get(&points) ^ (1 << bit));
            let own = points.iter().flat_map(|p| [p.wrapping_sub(1), *p, p.wrapping_add(1)]);
            for hash in own.chain(near).chain(strangers).chain([0, u128::MAX]) {
                agree(&ring, &points, hash);
            }
        }
    }

    #[test]
    fn every_bucket_is_found_from_both_of_its_ends() {
        for count in [1, 2, 3, 7, 64, 1_000] {
            let points: Vec<u128> = (1..=count).map(|i| u128::MAX / (count + 1) * i).collect();
            let ring = ring(&points);
            let buckets = ring.starts.len() as u128;
            for cut in 1..buckets {
                let end = (cut << 64).div_ceil(buckets) << 64;
                assert_eq!(
                    [end - 1, end].map(|hash| bucket(hash, buckets as usize) as u128),
                    [cut - 1, cut]
                );
                agree(&ring, &points, end - 1);
                agree(&ring, &points, end);
            }
        }
    }

    #[test]
    fn one_point_takes_every_hash() {
        for point in [0, 1, 1 << 127, u128::MAX] {
            let ring = ring(&[point]);
            for hash in [0, point.wrapping_sub(1), point, point.wrapping_add(1), u128::MAX] {
                agree(&ring, &[point], hash);
            }
        }
    }

    #[test]
    fn of_points_that_fall_together_the_first_is_found() {
        for point in [0, 7, u128::MAX] {
            let points = [point; 1_000];
            for hash in [point.wrapping_sub(1), point, point.wrapping_add(1)] {
                agree(&ring(&points), &points, hash);
            }
        }
    }

    #[test]
    fn owners_fill_all_their_bits() {
        let last = ShardIndex::new(u16::MAX);
        let ring = Ring::new(vec![5, u128::MAX], [last, ShardIndex::new(0)]);
        assert_eq!([0, 5, u128::MAX].map(|hash| ring.owner_of(hash).get()), [65_535, 0, 65_535]);
        assert_eq!((ring.owner(0), ring.point(1), ring.len()), (last, u128::MAX, 2));
    }

    /// Not at the first of all, from which it would be found too, but slowly.
    #[test]
    fn an_empty_bucket_starts_at_the_next_point() {
        for (points, starts) in [
            ([1, 2, 3, 4], [0, 4, 4]),
            ([1, 2, 3, u128::MAX], [0, 3, 3]),
            ([1 << 127; 4], [0, 0, 4]),
        ] {
            assert_eq!(ring(&points).starts, starts, "{points:x?}");
        }
    }

    /// Else a lookup's few steps are many: what the speed rests on.
    #[test]
    fn even_points_lie_a_few_to_a_bucket() {
        let spread =
            (1..=10_000_u128).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        let mut points: Vec<u128> = spread.collect();
        points.sort_unstable();
        let ring = ring(&points);
        assert_eq!(ring.starts.len(), 5_001);
        let most = ring.starts.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(most <= Some(16), "{most:?} points in one of 5001 buckets");
    }
}
