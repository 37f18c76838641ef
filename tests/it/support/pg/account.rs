//! Whom the servers run as. PostgreSQL refuses to run as root, which is what containers run as.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The account of the server processes and their files.
#[derive(Debug, Clone, Copy)]
pub(super) enum Account {
    /// Whoever runs the tests.
    Ourselves,
    /// An account without privileges, because the tests run as root.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// Ourselves if that will do, else `postgres`, else `nobody`.
    ///
    /// # Panics
    /// As root on a system that has neither account.
    pub(super) fn pick() -> Account {
        if !rustix::process::geteuid().is_root() {
            return Account::Ourselves;
        }
        let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| look_up(&passwd, name))
            .expect("PostgreSQL refuses to run as root: /etc/passwd must have postgres or nobody")
    }

    /// A command that will run under this account, speaking English whatever the locale.
    pub(super) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("LC_ALL", "C");
        if let Account::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes the account the owner of what we created at `path`.
    pub(super) fn own(self, path: &Path) {
        if let Account::Other { uid, gid } = self {
            chown(path, Some(uid), Some(gid))
                .unwrap_or_else(|e| panic!("cannot chown {}: {e}", path.display()));
        }
    }

    /// Whether the account can enter `dir`, an absolute path: `TMPDIR` is often root's alone.
    pub(super) fn can_enter(self, dir: &Path) -> bool {
        let open_to_all = |dir: &Path| fs::metadata(dir).is_ok_and(|m| m.mode() & 0o001 != 0);
        match self {
            Account::Ourselves => dir.is_dir(),
            Account::Other { .. } => dir.ancestors().all(open_to_all),
        }
    }
}

fn look_up(passwd: &str, name: &str) -> Option<Account> {
    let mut fields =
        passwd.lines().map(|line| line.split(':')).find(|f| f.clone().next() == Some(name))?;
    let uid = fields.nth(2)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(Account::Other { uid, gid })
}
