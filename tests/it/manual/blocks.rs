//! Blocks that are read rather than run, and the rule that there is no other kind.

use std::{fs, path::Path};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::cluster::Blueprint;

use super::{
    page::{Block, Page},
    pages,
};

/// What is wrong with a block, if it is not one of the kinds that are checked somewhere.
fn complaint(page: &Page, block: &Block) -> Option<String> {
    let file = block.file().or(block.appended());
    if let Some(name) = file.and_then(|file| file.rsplit('/').next())
        && !block.before.contains(name)
    {
        return Some(format!("goes to {name}, and the text before it does not say so"));
    }
    match block.language.as_str() {
        "sh" | "text" => None,
        "rust" if file.is_some() => None,
        "rust" => (!doctests().contains(&page.path))
            .then(|| "is Rust on a page that src/lib.rs does not name".to_owned()),
        "toml" if file.is_some_and(|file| !file.ends_with("Rocket.toml")) => {
            block.text.parse::<toml::Table>().err().map(|why| why.to_string())
        }
        "toml" if file.is_some() => None,
        "toml" => configuration(&block.text).err(),
        "json" => {
            serde_json::from_str::<serde_json::Value>(&block.text).err().map(|why| why.to_string())
        }
        "yaml" => serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&block.text)
            .err()
            .map(|why| why.to_string()),
        "sql" if file.is_some() => None,
        other => Some(format!("`{other}` is a kind of block that nothing checks")),
    }
}

/// Whether the lines, put into the repository's Rocket.toml, make a configuration.
fn configuration(toml: &str) -> Result<(), String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Rocket.toml");
    let own = fs::read_to_string(own).expect("it is in the repository");
    let table: toml::Table = toml.parse().map_err(|why: toml::de::Error| why.to_string())?;
    let figment = Figment::new().merge(Toml::string(&own).nested());
    let figment = figment.merge(Toml::string(toml).nested());
    for profile in table.keys() {
        let figment = figment.clone().select(profile.as_str());
        let problems = match Blueprint::load_with(&figment, &|_| Some("secret".to_owned())) {
            Ok(_) => continue,
            Err(problems) => problems,
        };
        // What a build without `tls` can't do is no mistake of the page's.
        let mine = problems.iter().filter(|p| !p.message.contains("build with `--features tls`"));
        let mine: Vec<_> = mine.map(|p| format!("{}: {}", p.path, p.message)).collect();
        if !mine.is_empty() {
            return Err(mine.join("; "));
        }
    }
    Ok(())
}

/// The pages whose Rust is compiled and run as documentation tests.
fn doctests() -> Vec<String> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let list = fs::read_to_string(list).expect("it is in the repository");
    let names = list.split("include_str!(\"../").skip(1);
    names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn every_block_is_of_a_kind_that_is_checked() {
    let pages = pages::all();
    let blocks = pages.iter().flat_map(|page| page.blocks.iter().map(move |block| (page, block)));
    let complaint = |(page, block): (&Page, &Block)| {
        complaint(page, block).map(|what| format!("{}:{}: {what}", page.path, block.line))
    };
    let found: Vec<_> = blocks.filter_map(complaint).collect();
    assert!(found.is_empty(), "{} blocks:\n{}", found.len(), found.join("\n"));
}

#[test]
fn pages_with_rust_in_them_are_there() {
    for path in doctests() {
        assert!(pages::all().iter().any(|page| page.path == path), "{path} is not there");
    }
}

#[test]
fn a_block_that_is_wrong_is_seen() {
    let wrong = |text: &str| {
        let page = Page::parse("docs/src/a.md", text);
        page.blocks.iter().find_map(|block| complaint(&page, block)).unwrap_or_default()
    };
    for (text, words) in [
        ("```\nx\n```", "nothing checks"),
        ("```toml\n[default.sharding]\ndeadlin = \"1s\"\n```", "did you mean `deadline`?"),
        ("```toml\n[default.sharding]\ndeadline = 1s\n```", "TOML parse error"),
        ("```toml\n[postgres.sharding.pool]\nmax_size = 0\n```", "from 1 to"),
        ("```json\n{ x }\n```", "key must be a string"),
        ("```yaml\n{ x\n```", "flow mapping"),
        ("```rust\nlet x = 1;\n```", "src/lib.rs"),
        ("Put this somewhere:\n\n```sql,file=a/up.sql\nSELECT 1\n```", "goes to up.sql"),
    ] {
        assert!(wrong(text).to_lowercase().contains(&words.to_lowercase()), "{}", wrong(text));
    }
    let good = "Put this into `up.sql`:\n\n```sql,file=a/up.sql\nSELECT 1\n```";
    assert_eq!(wrong(good), "");
    assert_eq!(wrong("```toml\n[default.sharding]\ndeadline = \"1s\"\n```"), "");
}
