//! What every server of a test process stands on, found out once.

use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::account::Account;
use super::binaries::Binaries;
use super::sweep;
use super::template::Template;

/// Account, programs, directory and template of the servers.
#[derive(Debug)]
pub(super) struct Harness {
    pub(super) account: Account,
    pub(super) binaries: Binaries,
    /// Where run directories are, one such place for each user of the machine.
    pub(super) base: PathBuf,
    pub(super) template: Template,
}

impl Harness {
    /// The harness of this process. The first call also sweeps up after test runs that were killed.
    pub(super) fn get() -> &'static Harness {
        static HARNESS: OnceLock<Harness> = OnceLock::new();
        HARNESS.get_or_init(|| {
            let account = Account::pick();
            let binaries = Binaries::find();
            let base = base_directory(account);
            sweep::sweep(&base, account);
            let template = Template::get(&base, &binaries, account);
            Harness { account, binaries, base, template }
        })
    }
}

/// `shardwright-tests-<uid>` in the first temporary directory that the servers' account can enter.
fn base_directory(account: Account) -> PathBuf {
    let temporary = [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")]
        .into_iter()
        .filter_map(|dir| fs::canonicalize(dir).ok())
        .find(|dir| account.can_enter(dir))
        .expect("TMPDIR, /tmp or /var/tmp is a directory that PostgreSQL's account can enter");
    let uid = rustix::process::geteuid().as_raw();
    let base = temporary.join(format!("shardwright-tests-{uid}"));
    match DirBuilder::new().mode(0o711).create(&base) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => {
            panic!("cannot create {}: {e}", base.display())
        }
        _ => assert_ours(&base, uid),
    }
    // The mode given at creation is subject to the umask.
    fs::set_permissions(&base, Permissions::from_mode(0o711)).expect("the directory is ours");
    base
}

/// The name is predictable and `/tmp` is everyone's, so somebody may have been here before us.
fn assert_ours(base: &Path, uid: u32) {
    let found = fs::symlink_metadata(base).expect("the directory exists");
    assert!(
        found.is_dir() && found.uid() == uid,
        "{} is not a directory of user {uid}: remove it, or set TMPDIR",
        base.display()
    );
}
