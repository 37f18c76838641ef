//! A cluster with data, a file in force and a new one.

use std::fs;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Nullable, Text},
};
use serde_json::Value;

use super::{
    fill::{Size, fill},
    rules::{Placement, Rules},
    truth::{Truth, World, world},
};
use crate::{
    migrate::process::{Ended, Running},
    process::{Folder, Server},
    support::cluster::TestCluster,
};

/// Databases with rows placed by the rules in force.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) cluster: TestCluster,
    folder: Folder,
    /// The rules in force.
    pub(super) present: Rules,
    /// What the rows are.
    pub(super) truth: Truth,
}

impl Stage {
    /// Migrates the databases and fills them.
    pub(super) fn over(cluster: TestCluster, present: Rules, size: Size) -> Stage {
        let folder = Folder::with(&present.toml(&cluster)).env("ROCKET_PORT", "0");
        let mut stage = Stage { cluster, folder, present, truth: Truth::new() };
        stage.run(&["migration", "run"]).expect(0);
        fill(&stage.cluster, &stage.read(&present), size);
        stage.truth = stage.world().truth();
        stage.world().assert_settled(&stage.truth, &stage.read(&present), "as it was filled");
        stage
    }

    pub(super) fn read(&self, rules: &Rules) -> Placement {
        rules.read(&self.cluster)
    }

    /// What is in the databases of the present file.
    pub(super) fn world(&self) -> World {
        world(&self.cluster, self.present.shards)
    }

    /// What is in the databases of both files.
    pub(super) fn world_of(&self, other: &Rules) -> World {
        world(&self.cluster, self.present.shards.max(other.shards))
    }

    /// Starts a command.
    pub(super) fn start(&self, args: &[&str]) -> Running {
        Running::start(self.folder.command(args))
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, args: &[&str]) -> Ended {
        self.start(args).end()
    }

    /// Starts `placement apply` with these rules in the new file.
    pub(super) fn start_apply(&self, next: &Rules, more: &[&str]) -> Running {
        fs::write(self.folder.path().join("NEW.toml"), next.toml(&self.cluster))
            .expect("disk has room");
        self.start(&[&["placement", "apply", "--config", "NEW.toml"], more].concat())
    }

    /// Runs `placement apply` to its end.
    pub(super) fn apply(&self, next: &Rules, more: &[&str]) -> Ended {
        self.start_apply(next, more).end()
    }

    /// Puts another file in force.
    pub(super) fn enforce(&mut self, rules: Rules) {
        fs::write(self.folder.path().join("Rocket.toml"), rules.toml(&self.cluster))
            .expect("disk has room");
        self.present = rules;
    }

    /// The service by the file in force.
    pub(super) fn serve(&self) -> Server {
        self.folder.serve()
    }

    /// The service does not start by these rules; says what it said instead.
    #[track_caller]
    pub(super) fn refused(&mut self, rules: Rules) -> String {
        let present = self.present;
        self.enforce(rules);
        let ended = self.run(&["serve"]).expect(1);
        self.enforce(present);
        ended.err
    }

    /// The new file has been carried out: rows, notes, and what the service says.
    #[track_caller]
    pub(super) fn assert_carried_out(&self, next: &Rules, about: &str) {
        let placement = self.read(next);
        self.world_of(next).assert_settled(&self.truth, &placement, about);
        self.assert_noted(next, &placement, about);
    }

    /// Every database of the present file and this one says that rows are placed by this one.
    #[track_caller]
    pub(super) fn assert_noted(&self, next: &Rules, placement: &Placement, about: &str) {
        let rule = |keyspace: &str| Note {
            keyspace: keyspace.to_owned(),
            fingerprint: placement.fingerprint(keyspace),
            moving_to: None,
        };
        let expected = ["orders", "users"].map(rule);
        for shard in 0..self.present.shards.max(next.shards) {
            assert_eq!(notes(&self.cluster, shard), expected, "shard-{shard}; {about}");
        }
    }
}

/// What a database says of where a keyspace's rows are.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub(super) struct Note {
    #[diesel(sql_type = Text)]
    pub(super) keyspace: String,
    #[diesel(sql_type = Text)]
    pub(super) fingerprint: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) moving_to: Option<String>,
}

/// All that one says, sorted by keyspace.
pub(super) fn notes(cluster: &TestCluster, shard: usize) -> Vec<Note> {
    let sql = "SELECT keyspace, fingerprint, moving_to FROM shardwright_placement ORDER BY 1";
    sql_query(sql).load(&mut cluster.connection(shard)).expect("it was migrated")
}

/// What `/stats` says but for when.
#[track_caller]
pub(super) fn stats(server: &Server) -> Value {
    let mut stats = server.get("/stats");
    assert_eq!(stats.status, 200, "{stats:?}");
    stats.json.as_object_mut().expect("an object").remove("since").expect("it says since when");
    assert_eq!(stats.json["complete"], true, "{stats:?}");
    stats.json
}
