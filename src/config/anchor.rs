use std::{env, path::PathBuf};

use figment::Figment;

use super::{DatabaseUrl, ShardSettings};

/// Lets relative files of a `Rocket.toml` that was found in a folder above this
/// one mean files beside it: the same command in a subfolder must not find, or
/// make, another set of databases.
pub(super) fn anchor(shards: &mut [ShardSettings], figment: &Figment) {
    for shard in shards {
        if let DatabaseUrl::Sqlite(file) = &mut shard.url
            && file.is_relative()
            && let Some(folder) = folder_above(figment, shard.id.as_str())
        {
            *file = folder.join(&file);
        }
    }
}

/// Where the shard's URL was written, if that is above the working folder.
fn folder_above(figment: &Figment, shard: &str) -> Option<PathBuf> {
    let metadata = figment.find_metadata(&format!("sharding.shards.{shard}.url"))?;
    let folder = metadata.source.as_ref()?.file_path()?.parent()?.to_owned();
    let here = env::current_dir().ok()?;
    (here != folder && here.starts_with(&folder)).then_some(folder)
}
