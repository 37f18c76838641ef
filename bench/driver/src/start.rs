//! From a peer to its running service.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    peer::{CONNECTIONS, Kind, Peer},
    pg::Port,
    rocket_toml,
    servers::{Database, SHARDS, Servers},
    service::Service,
};

/// A program that was built with the driver, and so lies beside it.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let own = env::current_exe()?;
    Ok(own.parent().context("a program lies in a folder")?.join(name))
}

/// The service's binary: the one given, or the one that was built.
pub(crate) fn shardwright(binary: Option<&Path>) -> Result<PathBuf> {
    binary.map_or_else(|| built("shardwright"), |given| Ok(fs::canonicalize(given)?))
}

/// Starts a peer's service in a folder of its own; none for who has none.
pub(crate) fn start(peer: &Peer, servers: &Servers, folder: &Path) -> Result<Option<Service>> {
    let folder = folder.join(peer.name);
    fs::create_dir_all(&folder)?;
    let port = Port::free();
    let mut command = match &peer.kind {
        Kind::Pgbench => return Ok(None),
        Kind::Shardwright { shards, binary } => {
            let mut command = Command::new(shardwright(binary.as_deref())?);
            command.arg("serve").env("ROCKET_PORT", port.number().to_string());
            let config = folder.join("Rocket.toml");
            rocket_toml::write(&config, servers, *shards)?;
            command.env("ROCKET_CONFIG", config);
            command
        }
        Kind::Sharded { program } => {
            let mut command = Command::new(built(program)?);
            command.env("SHARDS", shard_urls(servers)).env("POOL", CONNECTIONS.to_string());
            command
        }
        Kind::Whole { program } => {
            let mut command = Command::new(built(program)?);
            command
                .env("DATABASE", servers.url(Database::Whole))
                .env("POOL", CONNECTIONS.to_string());
            command
        }
        Kind::FastApi { workers } => {
            let mut command = Command::new(fs::canonicalize(".venv/bin/uvicorn")?);
            command.args(["main:app", "--app-dir"]).arg(fs::canonicalize("peers/fastapi")?);
            command.args(["--loop", "uvloop", "--http", "httptools"]);
            command.args(["--no-access-log", "--log-level", "warning"]);
            command.args(["--port", &port.number().to_string(), "--workers", &workers.to_string()]);
            // Together as many connections as the others have.
            command.env("POOL", (CONNECTIONS / workers).to_string());
            command.env("SHARDS", shard_urls(servers));
            command
        }
    };
    command.env("PORT", port.number().to_string()).current_dir(&folder);
    let log = folder.join("log");
    Service::start(command, port, log).map(Some).with_context(|| peer.name)
}

fn shard_urls(servers: &Servers) -> String {
    let urls: Vec<_> = (0..SHARDS).map(|i| servers.url(Database::Shard(i))).collect();
    urls.join(",")
}
