//! Finding the server's programs, which many systems keep off `PATH`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The directory of one installation's programs, and its version.
#[derive(Debug)]
pub(super) struct Binaries {
    dir: PathBuf,
    version: String,
}

impl Binaries {
    /// The first installation found on `PATH`, by `pg_config`, or as the newest one in the place
    /// where Debian puts them.
    ///
    /// # Panics
    /// When there is none, saying what to install.
    pub(super) fn find() -> Binaries {
        on_path().or_else(from_pg_config).or_else(newest_of_debian).unwrap_or_else(|| {
            panic!(
                "these tests need a PostgreSQL server: `apt-get install postgresql`, or run \
                 `tests/run`, which installs it as root"
            )
        })
    }

    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The server's version, such as `15.18`.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    fn at(dir: &Path) -> Option<Binaries> {
        let complete = dir.join("initdb").is_file() && dir.join("postgres").is_file();
        if !complete {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        // `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
        let version = String::from_utf8(output.stdout).ok()?.split_whitespace().nth(2)?.to_owned();
        Some(Binaries { dir: dir.to_owned(), version })
    }
}

/// Links are followed first: a link to `postgres` in `/usr/local/bin` may stand alone there, while
/// the programs it belongs with are beside its target.
fn on_path() -> Option<Binaries> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find_map(|dir| {
        let postgres = fs::canonicalize(dir.join("postgres")).ok()?;
        postgres.parent().and_then(Binaries::at).or_else(|| Binaries::at(&dir))
    })
}

fn from_pg_config() -> Option<Binaries> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Binaries::at(Path::new(String::from_utf8(output.stdout).ok()?.trim()))
}

fn newest_of_debian() -> Option<Binaries> {
    let mut majors: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors
        .iter()
        .find_map(|major| Binaries::at(Path::new(&format!("/usr/lib/postgresql/{major}/bin"))))
}
