//! Choices that can be made again: a run prints its seed, and `SHARDWRIGHT_SEED` repeats it.

use std::hash::{BuildHasher, RandomState};

/// Where every random choice of a test comes from.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    first: u64,
    state: u64,
}

impl Seed {
    /// The seed in `SHARDWRIGHT_SEED`, or a new one.
    pub(crate) fn from_env() -> Seed {
        let given = std::env::var("SHARDWRIGHT_SEED").ok();
        let given = given.map(|seed| seed.parse().expect("SHARDWRIGHT_SEED is a number"));
        Seed::of(given.unwrap_or_else(|| RandomState::new().hash_one("seed") >> 32))
    }

    pub(crate) fn of(seed: u64) -> Seed {
        Seed { first: seed, state: seed }
    }

    /// What repeats the run.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// A seed for a part of the test, so that parts that run side by side don't disturb each
    /// other's choices.
    pub(crate) fn branch(&mut self) -> Seed {
        Seed::of(self.next())
    }

    /// Any number (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
    /// generators", 2014).
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which isn't 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[test]
fn a_seed_repeats_its_choices() {
    let choices = |seed| {
        let mut seed = Seed::of(seed);
        let mut branch = seed.branch();
        (0..100).map(|_| (seed.below(1000), *branch.pick(&[1, 2, 3]))).collect::<Vec<_>>()
    };
    assert_eq!(choices(7), choices(7));
    assert_ne!(choices(7), choices(8));
    assert!(choices(7).iter().all(|(n, _)| *n < 1000));
}
