//! What a server is made of: settings, access rules and files on top of the template.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::harness::Harness;
use super::launch::{Failure, launch};
use super::port::Port;
use super::run_dir::RunDir;
use super::server::PgServer;

/// A Unix socket's path has 107 bytes, of which `/.s.PGSQL.65535` takes these.
const SOCKET_DIR_LIMIT: usize = 107 - 15;

/// Made by [`PgServer::builder`] for servers that are not like the others.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    settings: Vec<(String, String)>,
    hba: Option<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Builder {
    /// Sets a parameter of `postgresql.conf`. The harness's own settings can be overridden too, but
    /// for the port and the name.
    pub(crate) fn setting(mut self, name: &str, value: &str) -> Builder {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces `pg_hba.conf`, which trusts everyone; further calls add to it.
    pub(crate) fn hba(mut self, lines: &str) -> Builder {
        let hba = self.hba.get_or_insert_default();
        hba.push_str(lines);
        hba.push('\n');
        self
    }

    /// Puts a file into the data directory, where only the server's account can read it, as
    /// PostgreSQL demands of private keys.
    pub(crate) fn file(mut self, name: &str, contents: impl Into<Vec<u8>>) -> Builder {
        self.files.push((name.to_owned(), contents.into()));
        self
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start, with the end of its log.
    pub(crate) fn start(self) -> PgServer {
        let Harness { account, base, template, .. } = Harness::get();
        let run = RunDir::claim(base, *account);
        template.copy(&run.data(), *account);
        self.write(&run);
        for _ in 0..5 {
            let port = Port::claim(base);
            match launch(&run, port.number()) {
                Ok(postmaster) => return PgServer::new(run, port, postmaster),
                Err(Failure::PortTaken) => {}
                Err(Failure::Other(why)) => panic!("PostgreSQL did not start: {why}"),
            }
        }
        panic!("PostgreSQL did not start: five ports in a row were taken by others");
    }

    fn write(&self, run: &RunDir) {
        let conf = run.data().join("postgresql.conf");
        let mut conf = File::options().append(true).open(conf).expect("initdb made it");
        let own = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in common_settings(run.path()).into_iter().chain(own) {
            writeln!(conf, "{name} = '{}'", value.replace('\'', "''")).expect("disk has room");
        }
        writeln!(conf, "cluster_name = '{}'", run.name()).expect("disk has room");
        if let Some(hba) = &self.hba {
            fs::write(run.data().join("pg_hba.conf"), hba).expect("disk has room");
        }
        for (name, contents) in &self.files {
            let path = run.data().join(name);
            let mut file = File::options()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .unwrap_or_else(|e| panic!("cannot create {}: {e}", path.display()));
            file.write_all(contents).expect("disk has room");
            Harness::get().account.own(&path);
        }
    }
}

/// Quick and small. Data still survive the kill of every process: it is in the kernel's hands when
/// a commit returns, and only a crash of the machine would need `fsync`.
fn common_settings(run_dir: &Path) -> Vec<(&'static str, &str)> {
    let socket_dir = run_dir.to_str().filter(|dir| dir.len() <= SOCKET_DIR_LIMIT);
    vec![
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", socket_dir.unwrap_or_default()),
        ("max_connections", "100"),
        ("shared_buffers", "8MB"),
        ("fsync", "off"),
        ("full_page_writes", "off"),
        // In the data directory, and so removed with it, rather than left in /dev/shm by a kill.
        ("dynamic_shared_memory_type", "mmap"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("lc_messages", "C"),
    ]
}
