use md5::{Digest, Md5};

use super::{
    Explanation, Fingerprint, Pin, RouteError, Router, RuleError, Shape, md5::md5, ring::Ring,
};
use crate::key::{KeyId, ShardId, ShardIndex, ShardKey};

/// More points than this would take gigabytes and minutes to sort.
const MOST_POINTS: u64 = 50_000_000;

/// Places keys on a ring: MD5, `virtual_nodes` points a shard, a key belonging
/// to the first point strictly greater than its own hash.
///
/// Adding a shard takes keys for the new shard alone, about 1/N of them;
/// removing one moves only its own. From Karger et al., *Consistent hashing and
/// random trees* (1997); the byte-exact form (MD5 of `"<shard>:<i>"`, 150
/// points) is the one the usual Python article has, so that its placements
/// carry over.
///
/// # Examples
/// ```
/// use shardwright::key::{ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::{ConsistentHashRouter, Router};
///
/// let shards = [ShardId::new("shard-0")?, ShardId::new("shard-1")?, ShardId::new("shard-2")?];
/// let members = [0, 1, 2].map(|i| (ShardIndex::new(i), 1));
/// let ring = ConsistentHashRouter::new(&shards, 150, &members)?;
/// assert_eq!(ring.route(&ShardKey::text("tenant-1")), Ok(ShardIndex::new(2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ConsistentHashRouter {
    ring: Ring,
    /// Which of its shard's points the one at the same place is, for explaining.
    numbers: Vec<u32>,
    shards: Vec<ShardIndex>,
    /// Names of the members, for explaining.
    names: Vec<(ShardIndex, ShardId)>,
    fingerprint: Fingerprint,
}

impl ConsistentHashRouter {
    /// A ring of the given members, each with its weight; `shards` is the
    /// cluster's list, for names.
    ///
    /// # Errors
    /// [`RuleError`] if there is no member, one stands in the list twice or the
    /// points are too many.
    pub fn new(
        shards: &[ShardId],
        virtual_nodes: u32,
        members: &[(ShardIndex, u32)],
    ) -> Result<Self, RuleError> {
        let mut used: Vec<_> = members.iter().map(|(shard, _)| *shard).collect();
        used.sort_unstable();
        if let Some(pair) = used.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(RuleError::ShardTwice(shards[pair[0].get()].to_string()));
        }
        let points_of = |weight: u32| u64::from(virtual_nodes) * u64::from(weight);
        let total = members
            .iter()
            .try_fold(0_u64, |sum, (_, weight)| sum.checked_add(points_of(*weight)))
            .unwrap_or(u64::MAX);
        used.retain(|shard| members.iter().any(|(s, weight)| s == shard && *weight > 0));
        if total == 0 {
            return Err(RuleError::NoShard);
        }
        if total > MOST_POINTS {
            return Err(RuleError::RingTooLarge { points: total });
        }
        let mut ring: Vec<Point<'_>> = members
            .iter()
            .flat_map(|&(shard, weight)| {
                let name = shards[shard.get()].as_str();
                let most = u32::try_from(points_of(weight)).expect("at most MOST_POINTS");
                (0..most).map(move |i| (point(name, i), name, shard, i))
            })
            .collect();
        // By name where two points fall together: the file's order plays no part.
        ring.sort_unstable();
        Ok(Self {
            fingerprint: fingerprint(&ring),
            ring: Ring::new(
                ring.iter().map(|(point, ..)| *point).collect(),
                ring.iter().map(|(_, _, owner, _)| *owner),
            ),
            numbers: ring.iter().map(|(.., i)| *i).collect(),
            names: used.iter().map(|&shard| (shard, shards[shard.get()].clone())).collect(),
            shards: used,
        })
    }

    /// The next point further on that is another shard's.
    fn rival(&self, at: usize) -> Option<usize> {
        if self.shards.len() < 2 {
            return None;
        }
        let owner = self.ring.owner(at);
        (at..self.ring.len()).chain(0..at).find(|next| self.ring.owner(*next) != owner)
    }

    /// A point in words.
    fn show(&self, at: usize) -> String {
        let name = self.name(self.ring.owner(at));
        format!("{name}:{} at {:032x}", self.numbers[at], self.ring.point(at))
    }

    pub(super) fn ring(&self) -> &Ring {
        &self.ring
    }

    fn name(&self, shard: ShardIndex) -> &str {
        self.names.iter().find(|(index, _)| *index == shard).map_or("?", |(_, name)| name.as_str())
    }
}

impl Router for ConsistentHashRouter {
    fn strategy(&self) -> &'static str {
        "consistent_hash"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        Ok(self.ring.owner_of(hash(key)))
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.shards
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// A ring looks at the id alone, and at a number as at its text, so that a
    /// pin moves its key exactly if it names another shard than the ring.
    fn fingerprint_under(&self, pins: &[Pin], shards: &[ShardId]) -> Fingerprint {
        let home = |pin: &Pin| self.ring.owner_of(hash(&ShardKey::text(&pin.key)));
        self.fingerprint.under(pins.iter().filter(|pin| home(pin) != pin.shard), shards)
    }

    fn explain(&self, key: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let hash = hash(key);
        let at = self.ring.successor(hash);
        let shard = self.ring.owner(at);
        let mut why = format!(
            "MD5 of the key is {hash:032x}; the next point on the ring is {}",
            self.show(at)
        );
        match self.rival(at) {
            Some(rival) => {
                let name = self.name(shard);
                why.push_str(&format!("; without {name} it would be {}", self.show(rival)));
            }
            None => why.push_str("; it is the only shard on the ring"),
        }
        Ok(Explanation { shard, strategy: self.strategy(), why })
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Ring(self)
    }
}

impl std::fmt::Debug for ConsistentHashRouter {
    /// Without the points, of which there are hundreds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsistentHashRouter")
            .field("shards", &self.names)
            .field("points", &self.ring.len())
            .finish_non_exhaustive()
    }
}

/// Where a point is, its shard by name and by index, and which of the shard's it is.
type Point<'a> = (u128, &'a str, ShardIndex, u32);

/// Point `i` of a shard.
fn point(shard: &str, i: u32) -> u128 {
    let mut digest = Md5::new();
    digest.update(shard);
    digest.update(b":");
    decimal(i64::from(i), |digits| digest.update(digits));
    u128::from_be_bytes(digest.finalize().into())
}

/// A key's place on the ring: a number hashes as its decimal text.
pub(super) fn hash(key: &ShardKey<'_>) -> u128 {
    match key.id() {
        KeyId::Text(text) => md5(text.as_bytes()),
        KeyId::Int(id) => decimal(id, md5),
    }
}

/// Hands over a number's decimal digits without allocating.
fn decimal<T>(number: i64, take: impl FnOnce(&[u8]) -> T) -> T {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        // The remainder of ten is one digit.
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    take(&digits[at..])
}

/// Over the arcs, neighbours of one owner merged: what a key can tell apart.
fn fingerprint(ring: &[Point<'_>]) -> Fingerprint {
    let mut builder = Fingerprint::builder("consistent_hash");
    let mut arcs: Vec<(u128, &str)> = Vec::new();
    for &(point, name, ..) in ring {
        match arcs.last_mut() {
            // Of points that fall together, only the first ever owns a key.
            Some(last) if last.0 == point => {}
            Some(last) if last.1 == name => last.0 = point,
            _ => arcs.push((point, name)),
        }
    }
    // Past the last point the ring wraps to the first arc: one owner, one arc.
    if arcs.len() > 1 && arcs.first().map(|arc| arc.1) == arcs.last().map(|arc| arc.1) {
        arcs.pop();
    }
    match arcs.as_slice() {
        [(_, only)] => {
            builder.field(only.as_bytes());
        }
        _ => arcs.iter().for_each(|(end, name)| {
            builder.field(&end.to_be_bytes()).field(name.as_bytes());
        }),
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(members: &[(&str, u32)], nodes: u32) -> ConsistentHashRouter {
        let shards: Vec<_> =
            members.iter().map(|(name, _)| ShardId::new(name).expect("a good name")).collect();
        let members: Vec<_> = members
            .iter()
            .enumerate()
            .map(|(i, (_, weight))| (ShardIndex::new(u16::try_from(i).expect("few")), *weight))
            .collect();
        ConsistentHashRouter::new(&shards, nodes, &members).expect("a good ring")
    }

    #[test]
    fn numbers_hash_as_their_decimal_text() {
        for number in [0, 7, -7, 10, i64::MIN, i64::MAX] {
            let text = number.to_string();
            assert_eq!(hash(&ShardKey::int(number)), hash(&ShardKey::text(&text)), "{number}");
        }
    }

    #[test]
    fn a_point_itself_belongs_to_the_next_one() {
        let ring = ring(&[("a", 1), ("b", 1)], 2);
        for i in 0..4 {
            let point = ring.ring.point(i);
            assert_eq!(ring.ring.successor(point), (i + 1) % 4);
            assert_eq!(ring.ring.successor(point - 1), i);
        }
    }

    #[test]
    fn the_fingerprint_follows_the_placement_and_nothing_else() {
        let one = ring(&[("a", 1), ("b", 2)], 150).fingerprint();
        assert_eq!(one, ring(&[("b", 2), ("a", 1)], 150).fingerprint(), "order");
        assert_ne!(one, ring(&[("a", 1), ("b", 1)], 150).fingerprint(), "weight");
        assert_ne!(one, ring(&[("a", 1), ("c", 2)], 150).fingerprint(), "name");
        assert_ne!(one, ring(&[("a", 1), ("b", 2)], 151).fingerprint(), "nodes");
        assert_eq!(
            ring(&[("a", 1)], 150).fingerprint(),
            ring(&[("a", 3)], 7).fingerprint(),
            "a ring of one shard places every key alike"
        );
    }

    #[test]
    fn a_shard_twice_is_refused() {
        let shards = [ShardId::new("a").expect("a good name")];
        let twice = [(ShardIndex::new(0), 1), (ShardIndex::new(0), 2)];
        assert_eq!(
            ConsistentHashRouter::new(&shards, 150, &twice).err(),
            Some(RuleError::ShardTwice("a".to_owned()))
        );
    }
}
