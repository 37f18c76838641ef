//! No password in anything the program says, whatever goes wrong.

use crate::process::Folder;
use crate::support::{app, pg::PgServer};

const SECRET: &str = "hunter2";

/// Every command over a shard with this URL; none may say the secret.
#[track_caller]
fn assert_discreet(url: &str) -> String {
    let toml = format!("[default.sharding.shards.shard-0]\nurl = '{url}'\n{KEYSPACES}");
    let folder = Folder::with(&toml).env("SECRET", SECRET).env("RUST_LOG", "trace");
    let mut said = String::new();
    for command in [
        &["config", "check"][..],
        &["config", "show"],
        &["route", "users", "7"],
        &["migration", "list"],
        &["migration", "list", "--json"],
        &["migration", "run"],
        &["migration", "run", "--json"],
    ] {
        let ran = folder.run(command);
        assert!(!ran.words().contains(SECRET), "`{}` says it: {ran:?}", command.join(" "));
        said.push_str(&ran.words());
    }
    said
}

const KEYSPACES: &str = "
    [default.sharding.keyspaces.orders]
    strategy = 'consistent_hash'
    [default.sharding.keyspaces.users]
    strategy = 'consistent_hash'
";

#[test]
fn of_a_server_that_refuses_connections() {
    let server = PgServer::start();
    server.kill();
    let said = assert_discreet(&server.url_for("me:hunter2", "postgres"));
    assert!(said.contains("Connection refused"), "{said}");
    assert_discreet(&server.url_for("me:${SECRET}", "postgres"));
    assert_discreet(&format!("postgres://me@127.0.0.1:{}/x?password=hunter2", server.port()));
}

#[test]
fn of_a_server_that_refuses_the_password() {
    let server = PgServer::builder().hba("host all all 127.0.0.1/32 scram-sha-256").start();
    let said = assert_discreet(&server.url_for("postgres:hunter2", "postgres"));
    assert!(said.contains("password authentication failed"), "{said}");
}

#[test]
fn of_a_url_that_is_none() {
    for url in [
        "mysql://me:hunter2@localhost/x",
        "me:hunter2@localhost/x",
        "postgres://me:hun/hunter2@localhost/x",
        "postgres://me:a@hunter2@localhost/x",
        "postgres://me:a#hunter2@localhost/x",
        "postgres://me:hunter2@localhost:0/x",
        "postgres://me:hunter2@localhost/x?nonsense",
        "postgres://me:hunter2@elsewhere.example/x",
        "postgres://me:hunter2${NO_SUCH_VARIABLE}@localhost/x",
    ] {
        assert_discreet(url);
    }
}

/// libpq repeats the part it can't decode.
#[test]
fn of_a_password_with_a_percent_sign_that_escapes_nothing() {
    assert_discreet("postgres://me:hunter2%zz@127.0.0.1:1/x");
    assert_discreet("postgres://me@127.0.0.1:1/x?password=hunter2%zz");
}

/// A TOML error shows the line it is about.
#[test]
fn of_a_file_that_is_no_toml() {
    let toml = "[default.sharding.shards.shard-0]\nurl = \"postgres://me:hunter2@localhost/x\n";
    for command in [&["config", "check"][..], &["config", "show"], &["serve"]] {
        let ran = Folder::with(toml).run(command).expect(2);
        assert!(!ran.words().contains(SECRET), "{ran:?}");
    }
}

/// The service logs more, and panics would print more still.
#[test]
fn of_a_service_that_serves_without_its_shard() {
    let server = PgServer::start();
    let url = server.url_for("postgres:hunter2", "postgres");
    server.kill();
    let shards = format!(
        "[default.sharding.shards.shard-0]\nurl = '{url}'\n\
         [default.sharding.shards.shard-1]\nurl = 'sqlite://b.db'\n"
    );
    let folder = Folder::with(&format!("{shards}{}", app::KEYSPACES)).env("RUST_LOG", "trace");
    let mut service = folder.serve();
    for path in ["/users/1", "/users", "/stats", "/health/shards", "/topology", "/health/ready"] {
        let answer = service.get(path);
        assert!(!answer.json.to_string().contains(SECRET), "{path}: {answer:?}");
    }
    assert_eq!(service.stop().code(), Some(0), "{}", service.log());
    assert!(!service.log().contains(SECRET), "{}", service.log());
}
