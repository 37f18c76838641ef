//! The tutorial, from a fresh clone, every command as written. `tests/tutorial` runs it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    commands::wrong_output,
    page::Page,
    script::{self, outputs},
    stage::Stage,
};

const PAGE: &str = "docs/src/tutorial.md";

#[test]
#[ignore = "builds a program of its own: tests/tutorial runs it"]
fn every_step_works_as_written() {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let folder = variable("TUTORIAL_FOLDER").expect("tests/tutorial says where the clone is");
    let target = variable("TUTORIAL_TARGET").expect("tests/tutorial says where to build");
    let home = variable("TUTORIAL_HOME").expect("tests/tutorial says where Cargo's things are");
    let home_of = |folder| home.join(folder);
    // The compiler beside this very cargo, so that nobody is asked which one is meant.
    let cargo = variable("CARGO").expect("cargo runs its tests");
    let tool = |name| cargo.with_file_name(name);
    let stage = Stage::with(&["in-background", "curl", "stop-services"])
        .with_shim("cargo-of-ones-own", "cargo")
        .given("STAGE_CARGO", &cargo)
        .given("RUSTC", tool("rustc"))
        .given("RUSTDOC", tool("rustdoc"))
        .given("CARGO_TARGET_DIR", target)
        // As this repository has it, so that what is built already need not be again.
        .given("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .given("CARGO_BUILD_JOBS", variable("CARGO_BUILD_JOBS").unwrap_or_else(|| "default".into()))
        .given("HOME", &home)
        .given("CARGO_HOME", variable("CARGO_HOME").unwrap_or_else(|| home_of(".cargo")))
        .given("RUSTUP_HOME", variable("RUSTUP_HOME").unwrap_or_else(|| home_of(".rustup")))
        .at(folder)
        .patient(Duration::from_secs(1200));
    let page = Page::read(PAGE);
    let played = stage.play(&format!("{}\nstop-services\n", script::of(&page, &[])));
    let outputs = outputs(&played.said);
    if !played.succeeded {
        let (line, said) = outputs.last().copied().unwrap_or((0, &played.said));
        panic!("{PAGE}:{line}: a command failed:\n{said}");
    }
    assert!(outputs.len() > 5, "{outputs:?}");
    assert_eq!(wrong_output(&page, &outputs), None);
}

/// What the reader's manifest says is what this library is built with: else the types of two
/// versions of Diesel would not go together.
#[test]
fn its_dependencies_are_those_of_the_library() {
    let own = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let own: toml::Table = own.expect("it is there").parse().expect("it is TOML");
    let page = Page::read(PAGE);
    let manifest = page.blocks.iter().find(|block| {
        block.file().or(block.appended()).is_some_and(|file| file.ends_with("Cargo.toml"))
    });
    let manifest: toml::Table =
        manifest.expect("it shows its Cargo.toml").text.parse().expect("it is TOML");
    let version = |of: &toml::Table, name: &str| {
        let entry = of.get("dependencies")?.get(name)?;
        let version = entry.get("version").unwrap_or(entry);
        version.as_str().map(|text| text.split('.').take(2).collect::<Vec<_>>().join("."))
    };
    let used = manifest["dependencies"].as_table().expect("a table").keys();
    for name in used.filter(|name| *name != "shardwright") {
        assert_eq!(version(&manifest, name), version(&own, name), "{name}");
    }
}
