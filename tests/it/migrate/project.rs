//! A folder to run the command line in: a configuration over a test's databases, and migrations of
//! the test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::process::{Ended, Running};
use crate::support::{app::BY_HASH, cluster::TestCluster};

/// A deployer's folder.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// With a configuration and no migrations.
    pub(crate) fn new(cluster: &TestCluster) -> Project {
        Project::with(cluster, "")
    }

    /// The same with more configuration.
    pub(crate) fn with(cluster: &TestCluster, more: &str) -> Project {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let toml = format!("{}{BY_HASH}{more}", cluster.shards_toml());
        fs::write(folder.path().join("Rocket.toml"), toml).expect("the folder is ours");
        Project { folder }
    }

    /// Where the command line is run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What `--migration-dir` names.
    pub(crate) fn migrations(&self) -> PathBuf {
        self.folder.path().join("own")
    }

    /// Writes a migration for both backends.
    pub(crate) fn add(&self, name: &str, up: &str, down: &str) -> &Project {
        self.add_each(name, up, up);
        for backend in ["postgres", "sqlite"] {
            self.write(backend, name, "down.sql", down);
        }
        self
    }

    /// Writes a migration that can't be taken back, for each backend in its words.
    pub(crate) fn add_each(&self, name: &str, postgres: &str, sqlite: &str) -> &Project {
        self.write("postgres", name, "up.sql", postgres);
        self.write("sqlite", name, "up.sql", sqlite);
        self
    }

    /// Writes a migration for Postgres that runs outside a transaction.
    pub(crate) fn add_apart(&self, name: &str, up: &str) -> &Project {
        self.write("postgres", name, "up.sql", up);
        self.write("postgres", name, "metadata.toml", "run_in_transaction = false\n");
        self
    }

    fn write(&self, backend: &str, name: &str, file: &str, text: &str) {
        let folder = self.migrations().join(backend).join(name);
        fs::create_dir_all(&folder).expect("the folder is ours");
        fs::write(folder.join(file), text).expect("the folder is ours");
    }

    /// Takes a migration out of the folder, as an older binary would not know it.
    pub(crate) fn forget(&self, name: &str) {
        for backend in ["postgres", "sqlite"] {
            let folder = self.migrations().join(backend).join(name);
            fs::remove_dir_all(folder).expect("it was added for both");
        }
    }

    /// `shardwright` with these arguments, separated by spaces; nothing but the folder's own
    /// configuration counts.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shardwright"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder())
            .env("ROCKET_CONFIG", self.folder().join("Rocket.toml"))
            .env_remove("ROCKET_PROFILE")
            .env_remove("RUST_LOG");
        command
    }

    /// Starts `shardwright migration` with these arguments on the project's own migrations.
    pub(crate) fn start(&self, arguments: &str) -> Running {
        let mut command = self.command("migration");
        command.arg("--migration-dir").arg(self.migrations()).args(arguments.split_whitespace());
        Running::start(command)
    }

    /// The same, to its end.
    pub(crate) fn migrate(&self, arguments: &str) -> Ended {
        self.start(arguments).end()
    }

    /// Runs `shardwright` with these arguments, and so on the migrations in the binary.
    pub(crate) fn shardwright(&self, arguments: &str) -> Ended {
        Running::start(self.command(arguments)).end()
    }
}
