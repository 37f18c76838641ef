//! A page of Markdown, taken apart.

use std::{fs, path::Path};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page by its path below the repository.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: String,
    pub(super) blocks: Vec<Block>,
    pub(super) headings: Vec<String>,
    /// Targets of links and images, as written.
    pub(super) links: Vec<String>,
    /// Spans of code in the text.
    pub(super) spans: Vec<String>,
}

/// A block of code.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The first word behind the fence.
    pub(super) language: String,
    /// What else stands there, which readers don't see: `output`, `file=src/main.rs`.
    pub(super) notes: Vec<String>,
    pub(super) text: String,
    /// Where its text begins in the page, counted from 1.
    pub(super) line: usize,
    /// The heading it stands under.
    pub(super) heading: String,
    /// The text right before it, code spans and all.
    pub(super) before: String,
}

impl Block {
    pub(super) fn says(&self, note: &str) -> bool {
        self.notes.iter().any(|said| said == note)
    }

    /// The file that the page tells its reader to put the block into.
    pub(super) fn file(&self) -> Option<&str> {
        self.notes.iter().find_map(|note| note.strip_prefix("file="))
    }

    /// The file that the page tells its reader to add the block to.
    pub(super) fn appended(&self) -> Option<&str> {
        self.notes.iter().find_map(|note| note.strip_prefix("append="))
    }
}

impl Page {
    #[track_caller]
    pub(super) fn read(path: &str) -> Page {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{path}: {why}"));
        Page::parse(path, &text)
    }

    pub(super) fn parse(path: &str, text: &str) -> Page {
        let mut page = Page {
            path: path.to_owned(),
            blocks: Vec::new(),
            headings: Vec::new(),
            links: Vec::new(),
            spans: Vec::new(),
        };
        // What has been read of a paragraph, heading or block.
        let mut run = String::new();
        let mut block: Option<Block> = None;
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = match &kind {
                        CodeBlockKind::Fenced(info) => info.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    let mut words = info.split([',', ' ']).map(str::to_owned);
                    block = Some(Block {
                        language: words.next().unwrap_or_default(),
                        notes: words.collect(),
                        text: String::new(),
                        line: text[..range.start].lines().count() + 2,
                        heading: page.headings.last().cloned().unwrap_or_default(),
                        before: std::mem::take(&mut run),
                    });
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
                Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::Item) => run.clear(),
                Event::End(TagEnd::Heading(_)) => page.headings.push(std::mem::take(&mut run)),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.to_string());
                }
                Event::Code(code) => {
                    run.push_str(&code);
                    page.spans.push(code.to_string());
                }
                Event::Text(text) => match &mut block {
                    Some(block) => block.text.push_str(&text),
                    None => run.push_str(&text),
                },
                Event::SoftBreak => run.push(' '),
                _ => {}
            }
        }
        page
    }

    /// The folder of the page, as links in it are meant.
    pub(super) fn folder(&self) -> &Path {
        Path::new(&self.path).parent().unwrap_or(Path::new(""))
    }

    /// The names that links to the headings have, in GitHub's spelling and mdBook's.
    pub(super) fn anchors(&self) -> Vec<String> {
        self.headings.iter().map(|heading| anchor(heading)).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

#[test]
fn a_page_is_taken_apart() {
    let text = "# A `b` c\n\nIn [one](x.md#y) put `f.rs`:\n\n```rust,file=f.rs\nlet x;\n```\n\n\
                | a | b |\n|---|---|\n| `c` | d |\n";
    let page = Page::parse("docs/p.md", text);
    assert_eq!(page.headings, ["A b c"]);
    assert_eq!(page.anchors(), ["a-b-c"]);
    assert_eq!(page.links, ["x.md#y"]);
    assert_eq!(page.spans, ["b", "f.rs", "c"]);
    let [block] = &page.blocks[..] else { panic!("{page:?}") };
    assert_eq!((block.language.as_str(), block.file(), block.line), ("rust", Some("f.rs"), 6));
    assert_eq!((block.text.as_str(), block.heading.as_str()), ("let x;\n", "A b c"));
    assert_eq!(block.before, "In one put f.rs:");
    assert_eq!(page.folder(), Path::new("docs"));
}
