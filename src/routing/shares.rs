use super::{ConsistentHashRouter, ring::Ring};
use crate::key::{ShardIndex, ShardKey};

/// What one shard has of a ring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RingShare {
    /// The shard.
    pub shard: ShardIndex,
    /// Its points.
    pub points: usize,
    /// The part of all hashes that is its own, from 0 to 1: the sum of its arcs, not an
    /// estimate.
    pub fraction: f64,
}

impl ConsistentHashRouter {
    /// What each shard has of the ring, in the order of [`shards`](super::Router::shards).
    ///
    /// # Examples
    /// ```
    /// use shardwright::key::{ShardId, ShardIndex};
    /// use shardwright::routing::ConsistentHashRouter;
    ///
    /// let shards = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
    /// let members = [(ShardIndex::new(0), 1), (ShardIndex::new(1), 3)];
    /// let shares = ConsistentHashRouter::new(&shards, 150, &members)?.shares();
    /// assert_eq!([shares[0].points, shares[1].points], [150, 450]);
    /// assert!((shares[0].fraction + shares[1].fraction - 1.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shares(&self) -> Vec<RingShare> {
        shares(self.ring(), super::Router::shards(self))
    }

    /// Whose hashes those at this place of the ring are.
    #[must_use]
    pub fn owner_at(&self, hash: u128) -> ShardIndex {
        self.ring().owner_of(hash)
    }

    /// The key's place on the ring.
    #[must_use]
    pub fn place_of(&self, key: &ShardKey<'_>) -> u128 {
        super::consistent_hash::hash(key)
    }
}

fn shares(ring: &Ring, shards: &[ShardIndex]) -> Vec<RingShare> {
    let mut arcs = vec![(0_usize, 0_u128); shards.len()];
    let place = |shard: ShardIndex| {
        shards.binary_search(&shard).expect("every point is a member's, and they ascend")
    };
    let mut before = ring.point(ring.len() - 1);
    for at in 0..ring.len() {
        let (points, arc) = &mut arcs[place(ring.owner(at))];
        *points += 1;
        // Sums are of 128 bits, and so is the circle: only one that is all of it is nought.
        *arc = arc.wrapping_add(ring.point(at).wrapping_sub(before));
        before = ring.point(at);
    }
    let whole = arcs.iter().all(|(_, arc)| *arc == 0).then(|| place(ring.owner(0)));
    let share = |(i, (points, arc)): (usize, (usize, u128))| {
        let fraction = if whole == Some(i) { 1.0 } else { arc as f64 / 2_f64.powi(128) };
        RingShare { shard: shards[i], points, fraction }
    };
    arcs.into_iter().enumerate().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: &[(u128, u16)]) -> Vec<(usize, f64)> {
        let owners = points.iter().map(|(_, owner)| ShardIndex::new(*owner));
        let ring = Ring::new(points.iter().map(|(point, _)| *point).collect(), owners);
        let mut members: Vec<_> = points.iter().map(|(_, o)| ShardIndex::new(*o)).collect();
        members.sort_unstable();
        members.dedup();
        shares(&ring, &members).iter().map(|share| (share.points, share.fraction)).collect()
    }

    #[test]
    fn an_arc_ends_at_its_owners_point_and_the_first_holds_what_wraps() {
        let quarter = 1_u128 << 126;
        assert_eq!(
            of(&[(quarter, 0), (2 * quarter, 1), (3 * quarter, 1)]),
            [(1, 0.5), (2, 0.5)],
            "the first has the last quarter and the first one"
        );
        assert_eq!(of(&[(0, 0), (quarter, 1)]), [(1, 0.75), (1, 0.25)]);
    }

    #[test]
    fn one_shard_has_the_whole_circle_however_many_points() {
        assert_eq!(of(&[(7, 0)]), [(1, 1.0)]);
        assert_eq!(of(&[(7, 0), (9, 0)]), [(2, 1.0)]);
        assert_eq!(of(&[(7, 0), (7, 1)]), [(1, 1.0), (1, 0.0)], "of two the first has all");
    }
}
