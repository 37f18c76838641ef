//! The manual as a book.

use std::{fs, path::Path};

use mdbook_driver::MDBook;

use super::pages::{self, MANUAL};

fn load() -> MDBook {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    MDBook::load(docs).expect("the summary names pages that are there")
}

#[test]
fn it_is_built_and_every_page_is_in_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut book = load();
    book.config.build.build_dir = folder.path().to_owned();
    book.build().expect("the book can be built");
    for page in pages::manual().iter().filter(|page| !page.path.ends_with("SUMMARY.md")) {
        let below = page.path.strip_prefix(MANUAL).expect("it is in there").trim_start_matches('/');
        let html = below.replace("README.md", "index.md").replace(".md", ".html");
        let html = fs::read_to_string(folder.path().join(&html)).unwrap_or_else(|why| {
            panic!("{}: {why}; docs/src/SUMMARY.md must list it", page.path);
        });
        let title = page.headings.first().unwrap_or_else(|| panic!("{} has no title", page.path));
        // The rest may be marked up.
        let word = title.split(' ').next().unwrap_or_default();
        assert!(html.contains("<h1") && html.contains(word), "{} shows {title}", page.path);
    }
}

#[test]
fn it_needs_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut book = load();
    book.config.build.build_dir = folder.path().to_owned();
    book.build().expect("the book can be built");
    let html = fs::read_to_string(folder.path().join("index.html")).expect("it has a first page");
    for tag in ["<script", "<link", "<img"] {
        for part in html.split(tag).skip(1) {
            let tag_text = part.split('>').next().unwrap_or_default();
            assert!(!tag_text.contains("//"), "{tag}{tag_text}> comes from elsewhere");
        }
    }
}
