//! How fast orders go from one Postgres server to another by `placement apply`, beside a bare
//! `psql | psql` of the same rows: `tests/apply-rate` runs it, on a build for release.

use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use super::stage::{SOURCE, Stage, TARGET};
use crate::process::Folder;
use crate::support::{cluster::TestCluster, pg::PgServer};

/// What the service would have stored: orders in the order of their making, of random tenants.
const FILL: &str = "
    INSERT INTO orders
    SELECT 'tenant-' || mod(('x' || substr(md5(n::text), 1, 8))::bit(32)::bigint, {tenants}),
           (lpad(to_hex(1790000000000 + n * 20), 12, '0') || '7'
            || substr(md5(n::text), 1, 19))::uuid,
           'customer-' || mod(n * 7919, 50000), 'placed', mod(n * 31, 100000), 'EUR',
           to_timestamp(1790000000 + n / 50.0)
    FROM generate_series(1::bigint, {rows}) n";

fn setting(name: &str, otherwise: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |number| number.parse().expect("a number"))
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

struct Rate {
    stage: Stage,
    rows: i64,
    folder: Folder,
}

#[test]
#[ignore = "a benchmark: tests/apply-rate"]
fn apply_rate() {
    let rows = setting("SHARDWRIGHT_RATE_ROWS", 1_000_000);
    let tenants = setting("SHARDWRIGHT_RATE_TENANTS", 100_000);
    let server = || {
        let builder = PgServer::builder()
            .setting("fsync", "on")
            .setting("full_page_writes", "on")
            .setting("shared_buffers", "512MB");
        builder.setting("max_wal_size", "8GB").setting("autovacuum", "off").start()
    };
    let cluster = TestCluster::of(PgServer::start_many_by(2, server));
    let folder = folder(&cluster);
    folder.run(&["migration", "run"]).expect(0);
    let stage = Stage { cluster };
    let fill = FILL.replace("{rows}", &rows.to_string());
    let fill = fill.replace("{tenants}", &tenants.to_string());
    stage.run(SOURCE, &format!("SET statement_timeout = 0; {fill}"));
    stage.run(SOURCE, "SET statement_timeout = 0; CREATE TABLE kept AS SELECT * FROM orders");
    let rate = Rate { stage, rows: i64::try_from(rows).expect("it is small"), folder };

    let mut pairs = Vec::new();
    for n in 0..setting("SHARDWRIGHT_RATE_PAIRS", 5) {
        let pair = match n % 2 {
            0 => {
                let bare = rate.bare();
                (bare, rate.applied())
            }
            _ => {
                let applied = rate.applied();
                (rate.bare(), applied)
            }
        };
        let ratio = pair.1.as_secs_f64() / pair.0.as_secs_f64();
        say(&format!("psql | psql {:.2?}, apply {:.2?}: {ratio:.2}", pair.0, pair.1));
        pairs.push((pair, ratio));
    }
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    let bare = median(pairs.iter().map(|((bare, _), _)| bare.as_secs_f64()).collect());
    let ours = median(pairs.iter().map(|((_, ours), _)| ours.as_secs_f64()).collect());
    let ratio = median(pairs.iter().map(|(_, ratio)| *ratio).collect());
    say(&format!("medians over {rows} rows of {tenants} tenants:"));
    say(&format!("psql | psql {bare:.2} s, apply {ours:.2} s, ratio {ratio:.2}"));
}

/// All orders on one shard, and in `NEW.toml` on the other.
fn folder(cluster: &TestCluster) -> Folder {
    let rules = |shard: usize| {
        format!(
            "{}[default.sharding.keyspaces.orders]\nstrategy = \"consistent_hash\"\n\
             shards = [\"shard-{shard}\"]\n[default.sharding.keyspaces.users]\n\
             strategy = \"consistent_hash\"\n",
            cluster.shards_toml()
        )
    };
    let folder = Folder::with(&rules(SOURCE)).env("ROCKET_PROFILE", "default");
    std::fs::write(folder.path().join("NEW.toml"), rules(TARGET)).expect("disk has room");
    folder
}

impl Rate {
    /// The same state before every run.
    fn prepare(&self) {
        let refill = "TRUNCATE orders; INSERT INTO orders SELECT * FROM kept;";
        self.stage.run(SOURCE, &format!("SET statement_timeout = 0; {refill}"));
        self.stage.run(TARGET, "TRUNCATE orders");
        self.stage.on_both("DELETE FROM shardwright_placement");
        for shard in [SOURCE, TARGET] {
            let mut conn = self.stage.conn(shard);
            for sql in ["SET statement_timeout = 0", "VACUUM ANALYZE orders", "CHECKPOINT"] {
                conn.batch_execute(sql).expect("nobody is in its way");
            }
        }
    }

    fn bare(&self) -> Duration {
        self.prepare();
        let url = |shard| self.stage.cluster.server(shard).url();
        let pipe = format!(
            "psql -q '{}' -c 'copy orders to stdout (format binary)' \
             | psql -q '{}' -c 'copy orders from stdin (format binary)'",
            url(SOURCE),
            url(TARGET)
        );
        let begun = Instant::now();
        let status = Command::new("sh").args(["-c", &pipe]).status().expect("a shell");
        let took = begun.elapsed();
        assert!(status.success() && self.stage.count(TARGET, "orders") == self.rows);
        took
    }

    fn applied(&self) -> Duration {
        self.prepare();
        let begun = Instant::now();
        let ran = self.folder.run(&["placement", "apply", "--config", "NEW.toml"]);
        let took = begun.elapsed();
        ran.expect(0);
        assert_eq!(self.stage.count(TARGET, "orders"), self.rows);
        assert_eq!(self.stage.count(SOURCE, "orders"), 0);
        took
    }
}
