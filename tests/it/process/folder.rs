//! A folder to run the program in.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{Server, poll};

/// The repository's own configuration.
const ROCKET_TOML: &str = include_str!("../../../Rocket.toml");

/// A temporary folder with a Rocket.toml, and the environment of what is run there.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: TempDir,
    env: Vec<(String, String)>,
}

/// What a command that ended left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// A folder with this Rocket.toml.
    pub(crate) fn with(toml: &str) -> Folder {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::write(dir.path().join("Rocket.toml"), toml).expect("disk has room");
        Folder { dir, env: Vec::new() }
    }

    /// A folder as in a fresh clone: the repository's Rocket.toml and no data.
    pub(crate) fn fresh() -> Folder {
        Folder::with(ROCKET_TOML)
    }

    /// The same with another value in the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Folder {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Replaces a part of Rocket.toml, which must be in it.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let file = self.path().join("Rocket.toml");
        let toml = fs::read_to_string(&file).expect("it was written");
        assert!(toml.contains(from), "{from} is not in {toml}");
        fs::write(file, toml.replace(from, to)).expect("disk has room");
    }

    /// What is in the folder, folders within it included, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        fn walk(dir: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(dir).expect("it can be read").flatten() {
                let path = entry.path();
                let name = path.strip_prefix(root).expect("it is in there");
                found.push(name.display().to_string());
                if path.is_dir() {
                    walk(&path, root, found);
                }
            }
        }
        let mut found = Vec::new();
        walk(self.path(), self.path(), &mut found);
        found.sort();
        found
    }

    /// The program, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.prepare(Command::new(binary()), args)
    }

    /// The same, started by another program.
    pub(crate) fn command_by(&self, starter: &str, args: &[&str]) -> Command {
        let mut command = Command::new(starter);
        command.arg(binary());
        self.prepare(command, args)
    }

    fn prepare(&self, mut command: Command, args: &[&str]) -> Command {
        command.args(args).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, which must come.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.finish(args, self.command(args).spawn().expect("the program can be started"))
    }

    /// The same with something on its standard input.
    #[track_caller]
    pub(crate) fn run_on(&self, args: &[&str], input: impl Into<Vec<u8>>) -> Ran {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("it can be started");
        let (mut pipe, input) = (child.stdin.take().expect("it was piped"), input.into());
        // A program that ended early leaves some of it unread.
        std::thread::spawn(move || drop(pipe.write_all(&input)));
        self.finish(args, child)
    }

    #[track_caller]
    fn finish(&self, args: &[&str], mut child: Child) -> Ran {
        let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
        let mut status = None;
        let ended = || {
            status = child.try_wait().expect("it is our child");
            status.is_some()
        };
        poll::until(&format!("`shardwright {}` ends", args.join(" ")), ended);
        let code = status.and_then(|status| status.code()).expect("no signal ended it");
        let text = |reader: std::thread::JoinHandle<String>| reader.join().expect("it reads");
        Ran { code, stdout: text(stdout), stderr: text(stderr) }
    }

    /// Starts the service on a port of its own and waits until it takes requests.
    #[track_caller]
    pub(crate) fn serve(&self) -> Server {
        Server::start(self)
    }
}

/// The program under test: another build of it, if `SHARDWRIGHT_BIN` names one.
fn binary() -> PathBuf {
    let named = std::env::var_os("SHARDWRIGHT_BIN").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_shardwright")))
}

fn reader(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    let mut stream = stream.expect("it was piped");
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("a pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Ran {
    /// The same, if it ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// Everything it said.
    pub(crate) fn words(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
