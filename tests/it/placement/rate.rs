//! How long a plan takes over a million orders of a hundred thousand tenants, and in how much
//! memory. Run by `tests/plan-rate`; a benchmark, and no timed test.

use std::time::{Duration, Instant};

use super::stage::{changed, staged, toml};
use crate::process::Folder;
use crate::support::{app::KEYSPACES, cluster::TestCluster};

const TENANTS: usize = 100_000;
const ORDERS_EACH: usize = 10;
const RUNS: usize = 9;

#[test]
#[ignore = "a benchmark: tests/plan-rate"]
fn of_a_million_orders() {
    let sqlite = TestCluster::sqlite(3);
    measure(&sqlite);
    drop(sqlite);
    measure(&TestCluster::postgres(3));
}

#[expect(clippy::print_stdout, reason = "its figures are what a benchmark is run for")]
fn measure(cluster: &TestCluster) {
    let config = toml(cluster, &[0, 1, 2], KEYSPACES);
    let folder = staged(&config);
    for shard in 0..3 {
        fill(cluster, shard);
    }
    let heavier = KEYSPACES.replacen(
        "strategy = \"consistent_hash\"",
        "strategy = \"consistent_hash\"\nvirtual_nodes = 100",
        1,
    );
    let new = changed(&folder, &toml(cluster, &[0, 1, 2], &heavier));
    let mut times = Vec::new();
    let mut most = 0;
    for _ in 0..RUNS {
        let (took, peak) = once(&folder, new);
        times.push(took);
        most = most.max(peak);
    }
    times.sort_unstable();
    println!(
        "{}: placement plan over {} orders of {TENANTS} tenants on 3 shards: median {:?}, fastest \
         {:?}, slowest {:?} of {RUNS}; at most {} MiB resident",
        cluster.backend(),
        TENANTS * ORDERS_EACH,
        times[RUNS / 2],
        times[0],
        times[RUNS - 1],
        most / 1024,
    );
}

/// A third of the tenants, where they are by no rule: that makes the plan only longer.
fn fill(cluster: &TestCluster, shard: usize) {
    let at = "'2026-01-01 00:00:00.000000+00:00'";
    let (id, tidy) = match cluster.backend() {
        "sqlite" => ("randomblob(16)", "ANALYZE"),
        _ => ("gen_random_uuid()", "VACUUM ANALYZE"),
    };
    let numbers = |n: usize| match cluster.backend() {
        "sqlite" => format!(
            "(WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {n} - 1) \
             SELECT i FROM c)"
        ),
        _ => format!("(SELECT i FROM generate_series(0, {n} - 1) i)"),
    };
    cluster.execute(
        shard,
        &format!(
            "INSERT INTO orders SELECT 'tenant-' || t.i, {id}, 'customer-' || o.i, 'placed', 1, \
             'EUR', {at} FROM {} o, {} t WHERE t.i % 3 = {shard}",
            numbers(ORDERS_EACH),
            numbers(TENANTS)
        ),
    );
    cluster.execute(shard, tidy);
}

/// One run: how long it took, and the most memory it ever had, in KiB.
#[expect(clippy::disallowed_methods, reason = "nothing is waited for but the child's end")]
fn once(folder: &Folder, new: &str) -> (Duration, u64) {
    let mut command = folder.command(&["placement", "plan", "--config", new]);
    let began = Instant::now();
    let mut child =
        command.stdout(std::process::Stdio::null()).spawn().expect("the program can be started");
    let mut peak = 0;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let high = status.ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.to_owned();
            line.trim().strip_suffix(" kB")?.trim().parse().ok()
        });
        peak = peak.max(high.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("it is our child") {
            assert!(status.success());
            return (began.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
