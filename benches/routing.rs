//! What routing a key costs, and how much of it is MD5.
//!
//!     cargo bench --bench routing
//!
//! A key's place on a ring is its MD5, which any implementation has to pay; what
//! ours adds is printed at the end, for rings of 3, 16, 256 and 1,024 shards at
//! 150 points each. Keys are taken as a running service sees them: one of 65,536
//! tenants after another, in no order that a cache or a branch predictor could
//! learn, each only when the one before has its answer.

use std::{
    hint::black_box,
    io::{self, Write},
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group};
use md5::{Digest, Md5};
use shardwright::{
    key::{KeyRange, ShardId, ShardIndex, ShardKey},
    routing::{ConsistentHashRouter, Directory, RangeRouter, RegionRouter, Router},
};

const KEYS: usize = 1 << 16;
const RINGS: [usize; 4] = [3, 16, 256, 1_024];
/// How often MD5 and route take turns for one line of the summary, and on how many
/// keys: short, so that few turns are broken into by other programs.
const TURNS: usize = 1_000;
const TURN: u64 = 1 << 11;

/// The numbers below [`KEYS`], shuffled: multiplying by an odd number leaves none
/// out. Keys are laid out in the order of their use, so that fetching the next,
/// which a request has at hand, costs nothing.
fn shuffled() -> impl Iterator<Item = usize> {
    (0..KEYS).map(|i| i * 40_503 % KEYS)
}

/// Asks `answer` about so many keys, going on from `at`. An answer takes part in
/// finding the next key, so that the processor can't work on two side by side.
fn ask<K: Copy>(keys: &[K], at: &mut usize, times: u64, answer: impl Fn(K) -> usize) -> Duration {
    let none = black_box(0);
    let start = Instant::now();
    for _ in 0..times {
        *at = (*at + 1 + (answer(keys[*at]) & none)) % KEYS;
    }
    start.elapsed()
}

fn each<K: Copy>(c: &mut Criterion, name: &str, keys: &[K], answer: impl Fn(K) -> usize) {
    let mut at = 0;
    c.bench_function(name, |b| b.iter_custom(|times| ask(keys, &mut at, times, &answer)));
}

fn route(router: &dyn Router, key: ShardKey<'_>) -> usize {
    router.route(&key).map_or(usize::MAX, ShardIndex::get)
}

fn md5(text: &str) -> usize {
    usize::from(Md5::digest(text)[15])
}

fn shards(count: usize) -> Vec<ShardId> {
    let name = |i| ShardId::new(&format!("shard-{i}")).expect("a good name");
    (0..count).map(name).collect()
}

fn at(place: usize) -> ShardIndex {
    ShardIndex::new(u16::try_from(place).expect("few shards"))
}

fn ring(shards: &[ShardId]) -> ConsistentHashRouter {
    let members: Vec<_> = (0..shards.len()).map(|i| (at(i), 1)).collect();
    ConsistentHashRouter::new(shards, 150, &members).expect("a good ring")
}

fn tenants() -> Vec<String> {
    shuffled().map(|i| format!("tenant-{i}")).collect()
}

fn users() -> Vec<i64> {
    shuffled().map(|i| i64::try_from(i * 1_000_003).expect("not that large")).collect()
}

fn rings(c: &mut Criterion) {
    let (tenants, users) = (tenants(), users());
    let digits: Vec<String> = users.iter().map(i64::to_string).collect();
    for (kind, texts) in [("text", &tenants), ("number", &digits)] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        each(c, &format!("md5/{kind}"), &texts, md5);
    }
    let texts: Vec<_> = tenants.iter().map(|tenant| ShardKey::text(tenant)).collect();
    let numbers: Vec<_> = users.iter().map(|user| ShardKey::int(*user)).collect();
    for count in RINGS {
        let ring = ring(&shards(count));
        let ring: &dyn Router = black_box(&ring);
        for (kind, keys) in [("text", &texts), ("number", &numbers)] {
            each(c, &format!("ring/{count}/{kind}"), keys, |key| route(ring, key));
        }
    }
}

fn rules(c: &mut Criterion) {
    let count = 256;
    let shards = shards(count);
    let numbers: Vec<i64> = shuffled().map(|i| i64::try_from(i).expect("small")).collect();
    let numbers: Vec<_> = numbers.into_iter().map(ShardKey::int).collect();

    let cut = |i: usize| i64::try_from(i * KEYS / count).expect("small");
    let entry = |i: usize| {
        let (start, end) = ((i > 0).then(|| cut(i)), (i + 1 < count).then(|| cut(i + 1)));
        (KeyRange { start, end }, at(i))
    };
    let range = RangeRouter::new(&shards, (0..count).map(entry).collect(), false);
    let range = range.expect("a good rule");
    let router: &dyn Router = black_box(&range);
    each(c, "range/256", &numbers, |key| route(router, key));

    let regions: Vec<String> = (0..count).map(|i| format!("region-{i}")).collect();
    let listed = regions.iter().enumerate().map(|(i, name)| (name.clone(), at(i))).collect();
    let region = RegionRouter::new(&shards, listed, None).expect("a good rule");
    let keys: Vec<_> =
        shuffled().map(|i| ShardKey::int(0).in_region(&regions[i % count])).collect();
    let router: &dyn Router = black_box(&region);
    each(c, "region/256", &keys, |key| route(router, key));

    // Every other number is pinned in front of its range, and every text, which no
    // range takes.
    let tenants = tenants();
    let pins = (0..KEYS).step_by(2).map(|i| (i.to_string(), at(i % count)));
    let pins = pins.chain(tenants.iter().map(|tenant| (tenant.clone(), at(7))));
    let directory = Directory::new(range, &shards, pins);
    let router: &dyn Router = black_box(&directory);
    let texts: Vec<_> = tenants.iter().map(|tenant| ShardKey::text(tenant)).collect();
    each(c, "pins/number", &numbers, |key| route(router, key));
    each(c, "pins/text", &texts, |key| route(router, key));
}

fn rebuild(c: &mut Criterion) {
    let shards = shards(1_024);
    let mut group = c.benchmark_group("rebuild");
    group.measurement_time(Duration::from_secs(3)).sample_size(10);
    group.bench_function("ring/1024", |b| b.iter(|| ring(&shards)));
}

/// What a ring adds to MD5. The two take turns, so that a machine that changes its
/// pace meets both alike; of the times and differences the medians count.
fn summary() -> io::Result<()> {
    let (tenants, users) = (tenants(), users());
    let digits: Vec<String> = users.iter().map(i64::to_string).collect();
    let texts: Vec<_> = tenants.iter().map(|t| (t.as_str(), ShardKey::text(t))).collect();
    let numbers: Vec<_> =
        digits.iter().zip(&users).map(|(d, user)| (d.as_str(), ShardKey::int(*user))).collect();
    for (kind, keys) in [("text", texts), ("number", numbers)] {
        for count in RINGS {
            let ring = ring(&shards(count));
            let ring: &dyn Router = black_box(&ring);
            let (mut hashed, mut routed) = (0, 0);
            let per_key = |spent: Duration| spent.as_secs_f64() * 1e9 / TURN as f64;
            let turn = |_| {
                let md5 = per_key(ask(&keys, &mut hashed, TURN, |(text, _)| md5(text)));
                let route = per_key(ask(&keys, &mut routed, TURN, |(_, key)| route(ring, key)));
                [md5, route, route - md5]
            };
            let turns: Vec<_> = (0..TURNS).map(turn).collect();
            let [md5, route, more] = [0, 1, 2].map(|i| median(turns.iter().map(|turn| turn[i])));
            writeln!(
                io::stdout(),
                "{count:5} shards, {kind:6}: route {route:5.1} ns, MD5 {md5:5.1} ns, more {more:+5.1} ns"
            )?;
        }
    }
    Ok(())
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500));
    targets = rings, rules, rebuild
}

fn main() -> io::Result<()> {
    benches();
    // Without it, Cargo only wants to know whether they run.
    if std::env::args().any(|argument| argument == "--bench") { summary() } else { Ok(()) }
}
