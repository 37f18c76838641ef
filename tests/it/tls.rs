//! A libpq that speaks TLS, against a real server with a certificate.

use std::{path::Path, process::Command};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Bool};
use shardwright::{
    config::{DatabaseUrl, PoolSettings},
    shard::{Connect, Session, ShardConnection},
};

use crate::support::pg::PgServer;

/// A server that takes encrypted connections alone, and the folder with its CA.
struct TlsServer {
    server: PgServer,
    folder: tempfile::TempDir,
}

impl TlsServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = folder.path();
        authority(at, "ca");
        authority(at, "stranger");
        openssl(
            at,
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost",
        );
        std::fs::write(at.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1")
            .expect("written");
        openssl(
            at,
            "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
             -extfile san -out server.crt",
        );
        let file = |name: &str| std::fs::read(at.join(name)).expect("made by openssl");
        let server = PgServer::builder()
            .setting("ssl", "on")
            .hba("hostssl all all 127.0.0.1/32 trust\nlocal all all trust")
            .file("server.key", file("server.key"))
            .file("server.crt", file("server.crt"))
            .start();
        Self { server, folder }
    }

    fn url(&self, parameters: &str) -> String {
        format!("{}?{parameters}", self.server.url())
    }

    fn certificate(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

fn authority(folder: &Path, name: &str) {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.crt -subj /CN={name}"
        ),
    );
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is installed by tests/tls");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether the server says that the session is encrypted; or libpq's error.
fn is_encrypted(url: &str) -> Result<bool, String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let url = DatabaseUrl::parse(url).expect("a good URL");
    let session = Session::serving(&PoolSettings::default());
    let mut conn = ShardConnection::open(&url, &session).map_err(|error| error.to_string())?;
    let row: Row = sql_query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .get_result(&mut conn)
        .expect("a row for this session");
    Ok(row.ssl)
}

#[test]
fn require_and_verify_full_connect_encrypted() {
    let tls = TlsServer::start();
    assert_eq!(is_encrypted(&tls.url("sslmode=require")), Ok(true));
    let ca = tls.certificate("ca.crt");
    assert_eq!(is_encrypted(&tls.url(&format!("sslmode=verify-full&sslrootcert={ca}"))), Ok(true));
}

#[test]
fn a_certificate_of_a_stranger_is_refused() {
    let tls = TlsServer::start();
    let stranger = tls.certificate("stranger.crt");
    let url = tls.url(&format!("sslmode=verify-full&sslrootcert={stranger}"));
    let error = is_encrypted(&url).expect_err("signed by another authority");
    assert!(error.contains("certificate verify failed"), "{error}");
}

#[test]
fn clear_text_is_refused_by_a_server_that_wants_tls() {
    let tls = TlsServer::start();
    let error = is_encrypted(&tls.url("sslmode=disable")).expect_err("no encryption");
    assert!(error.contains("no encryption"), "{error}");
}

#[test]
fn a_remote_shard_may_be_configured() {
    use figment::{
        Figment,
        providers::{Format, Toml},
    };
    use shardwright::cluster::Blueprint;
    let figment =
        Figment::from(Toml::string("[sharding.shards.far]\nurl = 'postgres://me@db.example/app'"));
    Blueprint::load_with(&figment, &|_| None).expect("encrypted by default in this build");
}
