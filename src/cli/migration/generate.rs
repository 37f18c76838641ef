use std::{fs, path::Path, time::Duration};

use anyhow::Context;
use chrono::Utc;

use super::super::{
    Outcome,
    output::{Output, Usage},
};

const BACKENDS: [&str; 2] = ["postgres", "sqlite"];

/// Makes the files of a migration, for both kinds of database under one name.
pub(super) fn run(what: &str, root: &Path, output: &Output) -> anyhow::Result<Outcome> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if what.is_empty() || !what.chars().all(good) {
        return Err(Usage(format!(
            "`{what}` is no name for a migration; use small letters, digits and _, such as \
             add_orders_note"
        ))
        .into());
    }
    let name = format!("{}_{}", free_version(root), what);
    for backend in BACKENDS {
        let folder = root.join(backend).join(&name);
        fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        for (file, words) in
            [("up.sql", "-- What changes.\n"), ("down.sql", "-- What takes it back.\n")]
        {
            let path = folder.join(file);
            fs::write(&path, words).with_context(|| format!("can't write {}", path.display()))?;
            output.say(&path.display().to_string())?;
        }
    }
    Ok(Outcome::Done)
}

/// The time as a version; a later one if this second has been given away.
fn free_version(root: &Path) -> String {
    let names = BACKENDS.iter().filter_map(|backend| fs::read_dir(root.join(backend)).ok());
    let names: Vec<_> = names.flatten().flatten().map(|entry| entry.file_name()).collect();
    let mut now = Utc::now();
    loop {
        let version = now.format("%Y-%m-%d-%H%M%S").to_string();
        if !names.iter().any(|name| name.to_string_lossy().starts_with(&version)) {
            return version;
        }
        now += Duration::from_secs(1);
    }
}
