//! Which pages there are.

use std::{fs, path::Path};

use super::page::Page;

/// Where the manual's pages are.
pub(super) const MANUAL: &str = "docs/src";

/// Every page that is held to what it says: the manual and the README.
pub(super) fn all() -> Vec<Page> {
    let mut pages = manual();
    pages.push(Page::read("README.md"));
    pages
}

/// The manual's pages, sorted by path.
pub(super) fn manual() -> Vec<Page> {
    let mut paths = Vec::new();
    collect(MANUAL, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "there is a manual");
    paths.iter().map(|path| Page::read(path)).collect()
}

fn collect(folder: &str, paths: &mut Vec<String>) {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    for entry in entries.expect("the folder can be read") {
        let entry = entry.expect("a directory entry").path();
        let name = entry.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        let path = format!("{folder}/{name}");
        if entry.is_dir() {
            collect(&path, paths);
        } else if name.ends_with(".md") {
            paths.push(path);
        }
    }
}
