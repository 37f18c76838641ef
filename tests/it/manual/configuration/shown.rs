//! The tables of the page.

use std::{fs, path::Path};

/// A key as the page has it.
#[derive(Debug)]
pub(super) struct Row {
    /// `[default.sharding.pool]` without its brackets, or `An entry of …`.
    pub(super) section: String,
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) default: String,
    pub(super) bounds: String,
}

pub(super) fn rows() -> Vec<Row> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/reference/configuration.md");
    let text = fs::read_to_string(page).expect("the page is there");
    let (mut section, mut rows) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.replace(['`', '[', ']'], "");
        }
        let Some(row) = line.strip_prefix("| `") else { continue };
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [key, kind, default, bounds, ..] = &cells[..] else { panic!("{line}: too short") };
        rows.push(Row {
            section: section.clone(),
            key: key.trim_end_matches('`').to_owned(),
            kind: kind.clone(),
            default: default.clone(),
            bounds: bounds.clone(),
        });
    }
    assert!(rows.len() > 40, "{rows:?}");
    rows
}
