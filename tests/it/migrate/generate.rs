//! `generate` makes the files of a migration for both backends.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::project::Project;
use crate::support::cluster::TestCluster;

fn names(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.map(|entry| entry.expect("it is there").file_name().display().to_string()).collect()
}

#[test]
fn it_makes_four_files_of_one_name_that_can_be_run() {
    let cluster = &TestCluster::sqlite(2);
    let project = Project::new(cluster);
    let made = project.migrate("generate add_orders_note").expect(0);
    let files: Vec<&Path> = made.out.lines().map(Path::new).collect();
    assert_eq!(files.len(), 4, "{made}");
    for backend in ["postgres", "sqlite"] {
        let folder = project.migrations().join(backend);
        let [name] = &Vec::from_iter(names(&folder))[..] else { panic!("{made}") };
        assert!(name.ends_with("_add_orders_note"), "{made}");
        for file in ["up.sql", "down.sql"] {
            let path = folder.join(name).join(file);
            assert!(path.is_file() && files.contains(&path.as_path()), "{made}");
        }
    }
    let folders = ["postgres", "sqlite"].map(|backend| names(&project.migrations().join(backend)));
    assert_eq!(folders[0], folders[1]);
    // Diesel takes the name, and an empty migration does nothing.
    project.migrate("run").expect(0).reports(&["shard-1: applied 20"]);
    project.migrate("revert").expect(0).reports(&["shard-1: reverted 20"]);
}

#[test]
fn without_a_folder_named_it_uses_migrations() {
    let project = Project::new(&TestCluster::sqlite(1));
    project.shardwright("migration generate first").expect(0);
    assert_eq!(names(&project.folder().join("migrations")).len(), 2);
}

/// A version is a second, and a script is quicker than that.
#[test]
fn each_has_a_version_of_its_own() {
    let project = Project::new(&TestCluster::sqlite(1));
    for name in ["first", "second", "third", "third"] {
        project.migrate(&format!("generate {name}")).expect(0);
    }
    let made = names(&project.migrations().join("sqlite"));
    let versions: BTreeSet<_> = made.iter().filter_map(|name| name.split('_').next()).collect();
    assert_eq!(versions.len(), 4, "{made:?}");
    let in_order: Vec<_> = made.iter().filter_map(|name| name.split('_').next_back()).collect();
    assert_eq!(in_order, ["first", "second", "third", "third"], "{made:?}");
    let run = project.migrate("run").expect(0);
    assert_eq!(run.out.matches("applied").count(), 4, "{run}");
}

#[test]
fn bad_names_are_refused() {
    let project = Project::new(&TestCluster::sqlite(1));
    for name in ["Add", "add-note", "../add", "a/b", "größe", "a.b"] {
        project
            .migrate(&format!("generate {name}"))
            .expect(2)
            .complains("is no name for a migration");
    }
    project.migrate("generate").expect(2);
    project.migrate("generate two words").expect(2);
    assert!(!project.migrations().exists());
}
