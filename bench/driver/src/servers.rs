//! The databases: three real servers, with settings fit for measuring.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::pg::PgServer;

/// What shards there are.
pub(crate) const SHARDS: usize = 3;

/// What every server is started with, beside the test harness's own settings.
pub(crate) const SETTINGS: [(&str, &str); 8] = [
    ("shared_buffers", "256MB"),
    ("max_connections", "300"),
    // What would fall into one run and not into the next is done between the runs, by the driver.
    ("autovacuum", "off"),
    ("checkpoint_timeout", "1h"),
    ("max_wal_size", "16GB"),
    // Two cores for three servers, the service and the load: a helper has nowhere to run.
    ("max_parallel_workers_per_gather", "0"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
];

/// Which of a server's databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    /// A third of the tenants.
    Shard(usize),
    /// All of them, on the first server.
    Whole,
}

/// The running servers; they end when this is dropped.
pub(crate) struct Servers {
    servers: Vec<PgServer>,
}

impl Servers {
    pub(crate) fn start() -> Result<Self> {
        let start = || {
            let builder = PgServer::builder();
            SETTINGS
                .iter()
                .fold(builder, |builder, (name, value)| builder.setting(name, value))
                .start()
        };
        let servers = Self { servers: PgServer::start_many_by(SHARDS, start) };
        servers.servers.iter().try_for_each(|server| {
            psql(&server.url(), "CREATE DATABASE shard")?;
            psql(&server.url(), "CREATE DATABASE whole").map(drop)
        })?;
        Ok(servers)
    }

    pub(crate) fn url(&self, database: Database) -> String {
        match database {
            Database::Shard(i) => self.servers[i].url_for("postgres", "shard"),
            Database::Whole => self.servers[0].url_for("postgres", "whole"),
        }
    }

    /// Every database there is, the shards in order and then the whole.
    pub(crate) fn databases() -> impl Iterator<Item = Database> {
        (0..SHARDS).map(Database::Shard).chain([Database::Whole])
    }

    pub(crate) fn run(&self, database: Database, sql: &str) -> Result<String> {
        psql(&self.url(database), sql)
    }

    /// The processes of each server, postmaster first.
    pub(crate) fn processes(&self) -> Vec<Vec<u32>> {
        self.servers.iter().map(PgServer::processes).collect()
    }

    pub(crate) fn version(&self) -> Result<String> {
        self.run(Database::Whole, "SHOW server_version")
    }
}

/// Runs statements one by one, as they come on standard input, and gives what they said.
fn psql(url: &str, sql: &str) -> Result<String> {
    let mut child = Command::new("psql")
        .args(["-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("psql can't be started")?;
    child.stdin.take().context("psql has a standard input")?.write_all(sql.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
