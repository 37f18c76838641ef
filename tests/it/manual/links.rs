//! Every link leads somewhere.

use std::path::{Component, Path, PathBuf};

use super::{
    page::Page,
    pages::{self, MANUAL},
};

/// What is wrong with a page's links. A page of the manual may link to the manual alone:
/// the rest of the repository is not part of the book.
fn broken(page: &Page, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let complaint = |link: &String| {
        if ["http:", "https:", "mailto:"].iter().any(|scheme| link.starts_with(scheme)) {
            return None;
        }
        let (target, anchor) = match link.split_once('#') {
            Some((target, anchor)) => (target, Some(anchor)),
            None => (link.as_str(), None),
        };
        let path = match target {
            "" => PathBuf::from(&page.path),
            _ => resolved(page.folder(), target),
        };
        if !target.is_empty() && !exists(&path) {
            return Some(format!("{link}: there is no {}", path.display()));
        }
        if page.path.starts_with(MANUAL) && !path.starts_with(MANUAL) {
            return Some(format!("{link} leads out of the manual"));
        }
        let anchors = || match target {
            "" => page.anchors(),
            _ => Page::read(&path.display().to_string()).anchors(),
        };
        let anchor = anchor.filter(|anchor| !anchors().iter().any(|known| known == anchor))?;
        Some(format!("{link}: nothing there is called {anchor}"))
    };
    page.links.iter().filter_map(complaint).map(|what| format!("{}: {what}", page.path)).collect()
}

/// A relative path from a folder, without `..`.
fn resolved(folder: &Path, target: &str) -> PathBuf {
    folder.join(target).components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
        path
    })
}

fn is_there(path: &Path) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = pages::all();
    pages.extend(["ARCHITECTURE.md", "CHANGELOG.md", "bench/README.md"].map(Page::read));
    let links: usize = pages.iter().map(|page| page.links.len()).sum();
    assert!(links > 50, "only {links} links were found");
    let broken: Vec<_> = pages.iter().flat_map(|page| broken(page, is_there)).collect();
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn a_broken_link_is_seen() {
    let found = |path, text| broken(&Page::parse(path, text), is_there).len();
    assert_eq!(found("README.md", "[a](ARCHITECTURE.md#floors) [b](https://x.example/)"), 0);
    assert_eq!(found("README.md", "[a](ARCHITECTURES.md)"), 1);
    assert_eq!(found("README.md", "[a](ARCHITECTURE.md#walls)"), 1);
    assert_eq!(found("README.md", "![a](docs/nothing.png)"), 1);
    assert_eq!(found("docs/src/x/y.md", "# One two\n[a](#one-two) [b](../SUMMARY.md)"), 0);
    assert_eq!(found("docs/src/x/y.md", "[a](../../../README.md)"), 1);
}
