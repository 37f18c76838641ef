use std::{
    env,
    path::{Path, PathBuf},
};

use figment::{Figment, value::Value};

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

/// A file that a value names, beside the file that the value was written in; in
/// the working folder, if it was written in none.
pub(super) fn beside(figment: &Figment, value: &Value, file: &str) -> PathBuf {
    let source = figment.get_metadata(value.tag()).and_then(|metadata| metadata.source.as_ref());
    let folder = source.and_then(|source| source.file_path()).and_then(Path::parent);
    folder.map_or_else(|| PathBuf::from(file), |folder| folder.join(file))
}
