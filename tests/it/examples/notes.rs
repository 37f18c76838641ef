//! An application with a table of its own.

use super::app::{App, command};

#[test]
fn it_keeps_notes_on_their_authors_shard() {
    let app = App::start("notes");
    let added = app.post("/notes/ada", "buy tea");
    assert_eq!(added.status, 201, "{added:?}");
    let id = added.json()["id"].as_str().expect("an id").to_owned();
    let found = app.get(&format!("/notes/ada/{id}"));
    assert_eq!((found.status, &found.shard), (200, &added.shard), "{found:?}");
    assert_eq!(found.json()["words"], "buy tea");
    let shards: Vec<_> =
        (0..20).filter_map(|n| app.post(&format!("/notes/author-{n}"), "tea").shard).collect();
    for shard in ["shard-0", "shard-1"] {
        assert!(shards.iter().any(|found| found == shard), "{shards:?}");
    }
    assert_eq!(app.get("/count").text, "21\n");
    assert_eq!(app.get("/notes/bob/none").json()["type"], "/problems/not-found");
    let long = app.post(&format!("/notes/{}", "x".repeat(41)), "tea");
    assert_eq!((long.status, &long.json()["errors"][0]["field"]), (422, &"author".into()));

    let (ended, folder) = app.stop();
    assert_eq!(ended.code(), Some(0));
    let again = App::over("notes", folder);
    assert_eq!(again.get("/notes/ada").json()[0]["words"], "buy tea");
}

/// Rocket itself names no more than the fairing that failed.
#[test]
fn it_tells_everything_that_is_wrong_with_its_configuration() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let wrong = r#"
        [default.sharding]
        migrate_on_strat = true
        [default.sharding.shards.shard-0]
        url = "mysql://localhost/notes"
        [default.sharding.shards.shard-1]
        url = "postgres://me:swordfish@localhost/notes"
        [default.sharding.keyspaces.nodes]
        strategy = "consistent_hash"
    "#;
    std::fs::write(folder.path().join("Rocket.toml"), wrong).expect("disk has room");
    let output = command("notes", folder.path()).output().expect("it can be started");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stdout);
    for problem in ["sharding.migrate_on_strat", "sharding.shards.shard-0.url"] {
        assert!(told.contains(problem), "{problem} in {told}");
    }

    // What is wrong for this application alone comes once the rest is right.
    let right = wrong.replace("_strat", "_start");
    let right = right.replace("mysql://localhost/notes", "sqlite://0.db");
    std::fs::write(folder.path().join("Rocket.toml"), right).expect("disk has room");
    let output = command("notes", folder.path()).output().expect("it can be started");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stdout);
    for problem in ["sharding.shards.shard-1.url: names a postgres", "keyspaces.notes: is missing"]
    {
        assert!(told.contains(problem), "{problem} in {told}");
    }
    assert!(!told.contains("swordfish"), "{told}");
    assert!(!folder.path().join("0.db").exists(), "no database was touched");
}
