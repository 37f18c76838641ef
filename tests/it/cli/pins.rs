//! A file of pins beside Rocket.toml, from wherever the program is run.

use std::fs;

use crate::process::Folder;

/// The repository's configuration with a file of pins for `orders`.
fn folder(csv: &str) -> Folder {
    let folder = Folder::fresh();
    let users = "[default.sharding.keyspaces.users] ";
    folder.edit(users, &format!("pins_file = \"pins.csv\"\n{users}"));
    fs::write(folder.path().join("pins.csv"), csv).expect("disk has room");
    folder
}

#[test]
fn the_file_is_beside_the_one_that_names_it() {
    let folder = folder("key,shard\ntenant-abc,shard-2\n");
    let inside = folder.path().join("a/b");
    fs::create_dir_all(&inside).expect("disk has room");
    for place in [folder.path(), &inside] {
        let mut command = folder.command(&["route", "orders", "tenant-abc"]);
        let ran = command.current_dir(place).output().expect("it can be started");
        let stdout = String::from_utf8_lossy(&ran.stdout);
        let words = "pinned here; its consistent_hash rule would have it on shard-0";
        assert!(stdout.contains(words), "{ran:?}");
    }
}

/// The file is named, not written out, and found from any folder.
#[test]
fn what_show_prints_can_be_put_elsewhere() {
    let folder = folder("tenant-abc,shard-2\n");
    let shown = folder.run(&["config", "show"]).expect(0).stdout;
    let file = folder.path().join("pins.csv");
    assert!(shown.contains(&format!("pins_file = \"{}\"", file.display())), "{shown}");
    assert!(!shown.contains("tenant-abc"), "{shown}");
    let elsewhere = Folder::with(&shown);
    assert_eq!(elsewhere.run(&["config", "show"]).expect(0).stdout, shown);
    let ran = elsewhere.run(&["route", "orders", "tenant-abc"]).expect(0);
    assert!(ran.stdout.contains("pinned"), "{ran:?}");
}

#[test]
fn mistakes_in_it_are_mistakes_of_the_configuration() {
    let folder = folder("tenant-abc,shrad-2\ntenant-d\n");
    let ran = folder.run(&["config", "check"]).expect(2);
    for words in
        ["has 2 problems", "pins.csv, line 1: there is no shard `shrad-2`", "pins.csv, line 2: "]
    {
        assert!(ran.stderr.contains(words), "{words} is not in {}", ran.stderr);
    }
    fs::remove_file(folder.path().join("pins.csv")).expect("it is there");
    let ran = folder.run(&["config", "check"]).expect(2);
    assert!(ran.stderr.contains("can't read"), "{}", ran.stderr);
}
