//! The service's configuration while it is measured.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    peer::CONNECTIONS,
    servers::{Database, Servers},
};

/// Writes it for so many shards; one shard is the database that has all orders.
pub(crate) fn write(path: &Path, servers: &Servers, shards: usize) -> Result<()> {
    let database = |i| if shards == 1 { Database::Whole } else { Database::Shard(i) };
    let mut text = format!(
        "[default.sharding]\n\
         migrate_on_start = true\n\
         # A hundred clients that all ask for sums wait longer than a service should let them.\n\
         deadline = \"60s\"\n\
         [default.sharding.pool]\n\
         max_size = {CONNECTIONS}\n\
         min_idle = {CONNECTIONS}\n\
         acquire_timeout = \"60s\"\n\
         statement_timeout = \"60s\"\n"
    );
    for i in 0..shards {
        let url = servers.url(database(i));
        text += &format!("[default.sharding.shards.shard-{i}]\nurl = \"{url}\"\n");
    }
    text += "[default.sharding.keyspaces.orders]\n\
             strategy = \"consistent_hash\"\n\
             [default.sharding.keyspaces.users]\n\
             strategy = \"range\"\n\
             ranges = [ { shard = \"shard-0\" } ]\n";
    fs::write(path, text)?;
    Ok(())
}
