//! A file nobody declares is never compiled, and its tests never run.

use std::collections::BTreeSet;

use super::tree::Source;

/// The files that no chain of `mod` leads to from the roots.
pub(super) fn orphans(roots: &[&str], files: &[Source]) -> Vec<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut next: Vec<String> = roots.iter().map(|root| (*root).to_owned()).collect();
    while let Some(path) = next.pop() {
        let Some(file) = files.iter().find(|file| file.path == path) else { continue };
        if reached.insert(path) {
            next.extend(children(file, roots));
        }
    }
    files.iter().map(|file| file.path.clone()).filter(|path| !reached.contains(path)).collect()
}

/// Where the modules a file declares may stand.
fn children(file: &Source, roots: &[&str]) -> Vec<String> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let index = name == "mod.rs" || roots.contains(&file.path.as_str());
    let own = match name.strip_suffix(".rs") {
        Some(stem) if !index => format!("{folder}/{stem}"),
        _ => folder.to_owned(),
    };
    let names = file.text.lines().filter_map(declared);
    names.flat_map(|name| [format!("{own}/{name}.rs"), format!("{own}/{name}/mod.rs")]).collect()
}

/// The name in `mod name;`, whatever its visibility.
fn declared(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.trim_start().trim_start_matches('(').split_once("mod ")?.1,
        None => line.strip_prefix("mod ")?,
    };
    line.strip_suffix(';')
}

#[test]
fn an_undeclared_file_is_an_orphan() {
    let files = [
        ("t/main.rs", "mod a;\npub(crate) mod b;\nmod inline { }"),
        ("t/a.rs", "pub mod deep;"),
        ("t/a/deep.rs", "mod gone;"),
        ("t/b/mod.rs", "mod c;"),
        ("t/b/c.rs", ""),
        ("t/b/forgotten.rs", ""),
        ("t/d/mod.rs", "mod e;"),
        ("t/d/e.rs", ""),
    ];
    let files = files.map(|(path, text)| Source::sample(path, text));
    assert_eq!(orphans(&["t/main.rs"], &files), ["t/b/forgotten.rs", "t/d/mod.rs", "t/d/e.rs"]);
}
