//! Where a page's commands are run: a folder like a fresh clone, and before everything else on the
//! path the shims that spare a build and keep pages off each other's ports.

use std::{
    fs,
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use tempfile::TempDir;

/// More than any page takes on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(240);

/// What of the repository pages make use of.
const CLONED: [&str; 5] = ["Rocket.toml", "docker-compose.yml", "docs", "migrations", "examples"];

pub(super) struct Stage {
    dir: TempDir,
    folder: PathBuf,
    limit: Duration,
    environment: Vec<(&'static str, PathBuf)>,
}

/// How a script ended and what it said.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) succeeded: bool,
    pub(super) said: String,
}

impl Stage {
    /// As in a fresh clone that has been built.
    pub(super) fn clone_of_the_repository() -> Stage {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let stage =
            Stage::with(&["shardwright", "in-background", "curl", "cargo", "stop-services"]);
        for name in CLONED {
            copy(&root.join(name), &stage.folder.join(name));
        }
        stage
    }

    /// An empty folder with these shims.
    pub(super) fn with(shims: &[&str]) -> Stage {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/manual/shims");
        for folder in ["bin", "here"] {
            fs::create_dir(dir.path().join(folder)).expect("disk has room");
        }
        for shim in shims {
            copy(&from.join(shim), &dir.path().join("bin").join(shim));
        }
        let program = PathBuf::from(env!("CARGO_BIN_EXE_shardwright"));
        let examples = program.with_file_name("examples");
        let environment = vec![("STAGE_PROGRAM", program), ("STAGE_EXAMPLES", examples)];
        let folder = dir.path().join("here");
        Stage { dir, folder, limit: LIMIT, environment }
    }

    /// The same with a shim that passes for another program.
    pub(super) fn with_shim(self, shim: &str, program: &str) -> Stage {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/manual/shims").join(shim);
        copy(&from, &self.dir.path().join("bin").join(program));
        self
    }

    /// The same with another value in the environment.
    pub(super) fn given(mut self, name: &'static str, value: impl Into<PathBuf>) -> Stage {
        self.environment.push((name, value.into()));
        self
    }

    /// The same with more time.
    pub(super) fn patient(mut self, limit: Duration) -> Stage {
        self.limit = limit;
        self
    }

    /// The same in a folder of somebody else's.
    pub(super) fn at(mut self, folder: PathBuf) -> Stage {
        self.folder = folder;
        self
    }

    /// Runs a script to its end, which must come.
    #[track_caller]
    pub(super) fn play(&self, script: &str) -> Played {
        let file = self.dir.path().join("script");
        fs::write(&file, script).expect("disk has room");
        let mut child = self
            .command("bash")
            .arg("-c")
            .arg("exec bash \"$0\" 2>&1")
            .arg(&file)
            .spawn()
            .expect("there is a bash");
        let mut stdout = child.stdout.take().expect("it was piped");
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.read_to_end(&mut bytes);
            // A test that gave up listens no more.
            let _ = tell.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned()));
        });
        let Ok(said) = told.recv_timeout(self.limit) else {
            let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
            let group = group.expect("a pid");
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            panic!("the commands took more than {:?}", self.limit);
        };
        let status = child.wait().expect("it is our child");
        Played { succeeded: status.success(), said: said.expect("a pipe can be read") }
    }

    fn command(&self, program: &str) -> Command {
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned());
        let shims = self.dir.path().join("bin");
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_clear().process_group(0);
        command.env("PATH", format!("{}:{path}", shims.display()));
        command.env("HOME", self.dir.path()).env("STAGE", self.dir.path());
        // The environment is cleared, and with it whatever keeps a toolchain from being changed:
        // no page may install or update one.
        command.env("RUSTUP_AUTO_INSTALL", "0");
        command.env("STAGE_CURL", which("curl", &path));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let stop = self.dir.path().join("bin/stop-services");
        let _ = self.command(&stop.display().to_string()).status();
    }
}

/// Where a program is, past the shims.
fn which(program: &str, path: &str) -> PathBuf {
    let found = path.split(':').map(|folder| Path::new(folder).join(program));
    found.into_iter().find(|file| file.is_file()).unwrap_or_else(|| PathBuf::from(program))
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir(to).expect("disk has room");
        for entry in fs::read_dir(from).expect("the folder can be read") {
            let entry = entry.expect("a directory entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap_or_else(|why| panic!("{}: {why}", from.display()));
    }
}
