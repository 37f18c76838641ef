//! The repository's files.

use std::{fs, path::Path};

/// A file by its path below the repository, with `/` between the parts.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Every file of an extension below some folders, sorted; of `"."` only the
/// files in it. Of an empty extension, every file. A folder there is not holds none.
pub(super) fn sources(folders: &[&str], extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for folder in folders {
        collect(folder, extension, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &str, extension: &str, found: &mut Vec<Source>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries {
        let entry = entry.expect("a directory entry").path();
        let name = entry.file_name().and_then(|name| name.to_str()).expect("UTF-8").to_owned();
        let path = if folder == "." { name.clone() } else { format!("{folder}/{name}") };
        if entry.is_dir() {
            if folder != "." {
                collect(&path, extension, found);
            }
        } else if extension.is_empty() || name.ends_with(&format!(".{extension}")) {
            let text = fs::read_to_string(&entry).unwrap_or_default();
            found.push(Source { path, text });
        }
    }
}
