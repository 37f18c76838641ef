//! One data directory made by `initdb`, which takes seconds, and copied for each server, which
//! takes a fraction of one.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::binaries::Binaries;
use super::run_dir::unguessable;

/// The template of one server version, shared by all test processes and kept between runs.
#[derive(Debug)]
pub(super) struct Template(PathBuf);

impl Template {
    /// The template in `base`, made now if this is the first run with this server version.
    ///
    /// It is made elsewhere and moved into place: whoever finds it finds it whole, without asking
    /// for the lock, and a run killed half-way leaves only what the next maker removes.
    pub(super) fn get(base: &Path, binaries: &Binaries, account: Account) -> Template {
        let template = base.join(format!("template-{}", binaries.version()));
        if is_whole(&template) {
            return Template(template);
        }
        let making = File::create(base.join("template.lock")).expect("the directory is ours");
        making.lock().expect("waits for another process that makes the template");
        if !is_whole(&template) {
            remove_half_made(base);
            // Temporary-file cleaners may have taken parts of an old template.
            let _ = fs::remove_dir_all(&template);
            let half_made = base.join(format!("{HALF_MADE}{}", unguessable()));
            initdb(&half_made, binaries, account);
            fs::rename(&half_made, &template).expect("moves within one directory");
        }
        Template(template)
    }

    /// Makes a copy at `to`, which must not exist yet.
    pub(super) fn copy(&self, to: &Path, account: Account) {
        copy_tree(&self.0, to, account)
            .unwrap_or_else(|e| panic!("cannot copy {} to {}: {e}", self.0.display(), to.display()))
    }
}

const HALF_MADE: &str = "template.half-made-";

fn is_whole(template: &Path) -> bool {
    template.join("global/pg_control").is_file()
}

/// Never the same name twice: the `initdb` of a killed run may live on for a moment, and must not
/// write into the directory of its successor.
fn remove_half_made(base: &Path) {
    for entry in fs::read_dir(base).expect("the directory is ours").flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(HALF_MADE)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn initdb(dir: &Path, binaries: &Binaries, account: Account) {
    DirBuilder::new().mode(0o700).create(dir).expect("nobody else has this name");
    account.own(dir);
    let output = account
        .command(&binaries.program("initdb"))
        .args(["-A", "trust", "-U", "postgres", "-N"])
        .args(["--locale=C", "--encoding=UTF8", "--wal-segsize=1"])
        .arg("-D")
        .arg(dir)
        .current_dir(dir)
        .output()
        .expect("initdb can be executed");
    assert!(
        output.status.success(),
        "initdb failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

/// `std::fs::copy` shares the blocks where the file system can.
fn copy_tree(from: &Path, to: &Path, account: Account) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    account.own(to);
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target)?;
            account.own(&target);
        }
    }
    Ok(())
}
