//! The new configuration that `placement plan` is given.

use super::stage::{changed, staged, toml};
use crate::process::Folder;
use crate::support::{
    app::KEYSPACES,
    both::both_backends,
    cluster::{PASSWORD, TestCluster},
};

both_backends!(a_file_that_does_not_fit_is_refused);

const ALL: [usize; 3] = [0, 1, 2];

async fn a_file_that_does_not_fit_is_refused(cluster: &TestCluster) {
    let folder = staged(&toml(cluster, &ALL, KEYSPACES));
    let told = |new: &str, code| {
        let ran = folder.run(&["placement", "plan", "--config", new]).expect(code);
        assert_eq!(ran.stdout, "");
        assert!(!ran.stderr.contains(PASSWORD), "{}", ran.stderr);
        ran.stderr
    };
    assert!(told("gone.toml", 2).contains("there is no file gone.toml"));
    let swapped = toml(cluster, &[0, 1], KEYSPACES)
        .replace("shards.shard-0", "shards.other")
        .replace("shards.shard-1", "shards.shard-0")
        .replace("shards.other", "shards.shard-1");
    let new = changed(&folder, &swapped);
    assert!(told(new, 2).contains("give the new database a new name"));
    // What the service needs, the new file must have too.
    let start = KEYSPACES.find("[default.sharding.keyspaces.users]").expect("it has users");
    let new = changed(&folder, &toml(cluster, &ALL, &KEYSPACES[..start]));
    let complaint = told(new, 2);
    assert!(complaint.contains("NEW.toml") && complaint.contains("keyspaces.users"), "{complaint}");
    let new = changed(&folder, "[default]\nsharding = {");
    assert!(told(new, 2).contains("NEW.toml"));
}

#[test]
fn a_new_file_is_not_made_and_relative_ones_are_beside_it() {
    let folder = Folder::fresh();
    folder.run(&["migration", "run"]).expect(0);
    let files = folder.files();
    let toml = std::fs::read_to_string(folder.path().join("Rocket.toml")).expect("it is there");
    let more = "[default.sharding.shards.shard-3]\nurl = \"sqlite://data/shard-3.db\"\n";
    std::fs::create_dir(folder.path().join("below")).expect("disk has room");
    changed(&folder, &format!("{toml}{more}"));
    let databases = |files: Vec<String>| {
        files.into_iter().filter(|file| file.ends_with(".db")).collect::<Vec<_>>()
    };
    let ran = folder.run(&["placement", "plan", "--config", "NEW.toml"]).expect(0);
    assert!(ran.stdout.contains("orders: the rule changes; nothing is stored"), "{}", ran.stdout);
    folder.run(&["placement", "plan", "--config", "below/../NEW.toml"]).expect(0);
    assert_eq!(databases(folder.files()), databases(files));
    let ran = folder.run(&["placement", "plan", "--config", "Rocket.toml"]).expect(0);
    assert!(ran.stdout.contains("users: the rule does not change"), "{}", ran.stdout);
}
