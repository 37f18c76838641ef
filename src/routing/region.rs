use super::{Explanation, Fingerprint, RouteError, Router, RuleError, Shape};
use crate::key::{ShardId, ShardIndex, ShardKey};

/// Places keys by the region they carry; the id plays no part.
///
/// # Examples
/// ```
/// use shardwright::key::{ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::{RegionRouter, RouteError, Router};
///
/// let shards = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
/// let regions = vec![("eu".into(), ShardIndex::new(0)), ("us".into(), ShardIndex::new(1))];
/// let router = RegionRouter::new(&shards, regions, None)?;
/// assert_eq!(router.route(&ShardKey::int(7).in_region("us")), Ok(ShardIndex::new(1)));
/// assert_eq!(router.route(&ShardKey::int(7)), Err(RouteError::RegionRequired));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RegionRouter {
    /// Sorted by region, each once.
    regions: Vec<(String, ShardIndex)>,
    default: Option<ShardIndex>,
    shards: Vec<ShardIndex>,
    fingerprint: Fingerprint,
}

impl RegionRouter {
    /// A router over regions in any order. Keys of a region that is not listed
    /// go to `default`, or nowhere without one.
    ///
    /// # Errors
    /// [`RuleError::NoShard`] if there is neither a region nor a default.
    pub fn new(
        shards: &[ShardId],
        mut regions: Vec<(String, ShardIndex)>,
        default: Option<ShardIndex>,
    ) -> Result<Self, RuleError> {
        regions.sort();
        regions.dedup_by(|a, b| a.0 == b.0);
        let mut used: Vec<_> = regions.iter().map(|(_, shard)| *shard).chain(default).collect();
        used.sort_unstable();
        used.dedup();
        if used.is_empty() {
            return Err(RuleError::NoShard);
        }
        let fingerprint = fingerprint(shards, &regions, default);
        Ok(Self { regions, default, shards: used, fingerprint })
    }

    /// The regions and their shards, sorted by region.
    #[must_use]
    pub fn regions(&self) -> &[(String, ShardIndex)] {
        &self.regions
    }

    /// Where regions that are not listed go.
    #[must_use]
    pub fn default_shard(&self) -> Option<ShardIndex> {
        self.default
    }

    fn listed(&self, region: &str) -> Option<ShardIndex> {
        let at = self.regions.binary_search_by(|(known, _)| known.as_str().cmp(region)).ok()?;
        Some(self.regions[at].1)
    }
}

impl Router for RegionRouter {
    fn strategy(&self) -> &'static str {
        "region"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        let region = key.region().ok_or(RouteError::RegionRequired)?;
        self.listed(region).or(self.default).ok_or_else(|| {
            let known: Vec<_> = self.regions.iter().map(|(region, _)| region.as_str()).collect();
            RouteError::UnknownRegion { region: region.to_owned(), known: known.join(", ") }
        })
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.shards
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn explain(&self, key: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let shard = self.route(key)?;
        let region = key.region().unwrap_or_default();
        let why = match self.listed(region) {
            Some(_) => format!("region {region} is this shard's"),
            None => format!("region {region} is not listed, and this shard is the default"),
        };
        Ok(Explanation { shard, strategy: self.strategy(), why })
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Regions(self)
    }
}

/// With a default, listing a region that the default covers anyway moves no key.
fn fingerprint(
    shards: &[ShardId],
    regions: &[(String, ShardIndex)],
    default: Option<ShardIndex>,
) -> Fingerprint {
    let name = |shard: ShardIndex| shards[shard.get()].as_str().as_bytes();
    let mut builder = Fingerprint::builder("region");
    match default {
        Some(shard) => builder.field(b"default").field(name(shard)),
        None => builder.field(b"no default"),
    };
    for (region, shard) in regions.iter().filter(|(_, shard)| Some(*shard) != default) {
        builder.field(region.as_bytes()).field(name(*shard));
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(regions: &[(&str, u16)], default: Option<u16>) -> RegionRouter {
        let shards = ["a", "b", "c"].map(|name| ShardId::new(name).expect("a good name"));
        let regions = regions.iter().map(|(r, s)| ((*r).to_owned(), ShardIndex::new(*s))).collect();
        RegionRouter::new(&shards, regions, default.map(ShardIndex::new)).expect("a good rule")
    }

    #[test]
    fn an_unlisted_region_goes_to_the_default_or_nowhere() {
        let key = ShardKey::int(7).in_region("mars");
        let error = router(&[("us", 1), ("eu", 0)], None).route(&key).expect_err("no default");
        assert_eq!(error.to_string(), "region `mars` has no shard; known regions: eu, us");
        let with_default = router(&[("us", 1), ("eu", 0)], Some(2));
        assert_eq!(with_default.route(&key), Ok(ShardIndex::new(2)));
        assert_eq!(with_default.route(&ShardKey::int(7)), Err(RouteError::RegionRequired));
        assert_eq!(with_default.shards().len(), 3);
    }

    #[test]
    fn the_fingerprint_follows_the_placement_and_nothing_else() {
        let one = router(&[("us", 1), ("eu", 0)], Some(0)).fingerprint();
        assert_eq!(one, router(&[("us", 1)], Some(0)).fingerprint());
        assert_ne!(one, router(&[("us", 1), ("eu", 0)], None).fingerprint());
        assert_ne!(one, router(&[("us", 2), ("eu", 0)], Some(0)).fingerprint());
    }
}
