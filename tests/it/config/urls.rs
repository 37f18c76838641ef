//! Where a shard may be, and what its URL may take from the environment.

use shardwright::{cluster::Blueprint, config::DatabaseUrl};

use super::file::{one_mistake, over};

const URL: &str = "shards.shard-0.url";

fn shard(url: &str) -> String {
    format!("[shards.shard-0]\nurl = \"{url}\"")
}

/// The URL as libpq would get it, with variables from a list.
fn expanded(url: &str, env: &[(&str, &str)]) -> Result<String, String> {
    let lookup = |name: &str| {
        env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let blueprint = Blueprint::load_with(&over(&shard(url)), &lookup).map_err(|p| p.to_string())?;
    match &blueprint.settings.shards[0].url {
        DatabaseUrl::Postgres(url) => Ok(url.expose().to_owned()),
        DatabaseUrl::Sqlite(file) => Ok(file.display().to_string()),
    }
}

#[test]
fn variables_come_from_the_environment() {
    let env = [("PASSWORD", "p@ss/w%rd:é"), ("HOST", "localhost:5433"), ("EMPTY", "")];
    let of = |url| expanded(url, &env).expect("a good URL");
    assert_eq!(
        of("postgres://me:${PASSWORD}@${HOST}/app"),
        "postgres://me:p%40ss%2Fw%25rd%3A%C3%A9@localhost:5433/app"
    );
    assert_eq!(of("postgres://me:${EMPTY}@localhost/app"), "postgres://me:@localhost/app");
    assert_eq!(of("sqlite://${EMPTY}data/$HOST/{x}.db"), "data/$HOST/{x}.db");
}

#[test]
fn a_variable_that_is_missing_is_named() {
    let words = ["NOT_SET_HERE", "not set", "set it"];
    one_mistake(&shard("postgres://me:${NOT_SET_HERE}@localhost/app"), URL, &words);
    one_mistake(&shard("${NOT_SET_HERE}"), URL, &words);
}

#[test]
fn a_variable_without_its_brace_says_how_it_is_written() {
    one_mistake(&shard("postgres://me:${OPEN@localhost/app"), URL, &["`${`", "`}`", "${NAME}"]);
}

#[test]
fn a_variable_without_a_name_says_so() {
    one_mistake(&shard("postgres://me:${}@localhost/app"), URL, &["${NAME}"]);
}

#[test]
fn a_database_in_memory_is_no_shard() {
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://file::memory:"] {
        one_mistake(&shard(url), URL, &["in-memory", "connection", "sqlite://data/"]);
    }
    one_mistake(&shard("sqlite://x.db?mode=memory"), URL, &["`?`"]);
}

#[test]
fn other_urls_say_what_is_expected() {
    let schemes = ["postgres://", "sqlite://"];
    for url in ["mysql://localhost/app", "data/shard-0.db", "", "localhost:5432", "://x"] {
        one_mistake(&shard(url), URL, &schemes);
    }
    one_mistake(&shard("sqlite://"), URL, &["no file", "sqlite://data/"]);
    let form = "postgres://user:password@host:5432/database";
    for url in [
        "postgres:localhost/app",
        "postgres://localhost:port/app",
        "postgres://localhost:70000/app",
        "postgres://localhost:0/app",
        "postgres://[::1/app",
        "postgres://localhost/app?sslmode",
        "postgres://me:a@b@localhost/app",
        "postgres://me:a/b@localhost/app",
    ] {
        one_mistake(&shard(url), URL, &[form]);
    }
    one_mistake(&shard("postgres://me:a@b@localhost/app"), URL, &["%40"]);
    one_mistake(&shard("sqlite://a\\u0000b.db"), URL, &["NUL"]);
}

/// A build without TLS must not send a password over a network in the clear.
#[cfg(not(feature = "tls"))]
#[test]
fn postgres_on_another_machine_needs_tls_or_an_explicit_no() {
    for (url, host) in [
        ("postgres://me:x@db.example/app", "db.example"),
        ("postgres://me:x@db.example/app?sslmode=prefer", "db.example"),
        ("postgres://me:x@db.example/app?sslmode=disable&sslmode=require", "db.example"),
        ("postgres://me:x@10.0.0.1:5433/app?sslmode=require", "10.0.0.1"),
        ("postgres://me:x@localhost,10.0.0.2/app", "10.0.0.2"),
        ("postgres://me:x@localhost/app?hostaddr=10.0.0.3", "10.0.0.3"),
        ("postgres://me:x@localhost/app?host=10.0.0.4", "10.0.0.4"),
        ("postgres://me:x@[2001:db8::1]/app", "2001:db8::1"),
    ] {
        one_mistake(&shard(url), URL, &[host, "--features tls", "sslmode=disable"]);
    }
    for url in [
        "postgres://me:x@db.example/app?sslmode=disable",
        "postgres://me:x@db.example:5433/app?application_name=a&sslmode=disable",
        "postgres://me:x@localhost/app",
        "postgres://me:x@127.0.0.1:5433/app?sslmode=prefer",
        "postgres://me:x@[::1]:5433/app",
        "postgres:///app",
        "postgres://me@%2Fvar%2Frun%2Fpostgresql/app",
        "postgresql:///app?host=/var/run/postgresql",
    ] {
        assert_eq!(super::file::problems(&shard(url)), [], "{url}");
    }
}

/// What libpq decodes before it looks, this decodes before it judges.
#[cfg(not(feature = "tls"))]
#[test]
fn an_escaped_parameter_hides_no_host() {
    one_mistake(&shard("postgres://localhost/app?ho%73t=10.0.0.5"), URL, &["10.0.0.5"]);
    one_mistake(&shard("postgres://localhost/app?hostadd%72=10.0.0.6"), URL, &["10.0.0.6"]);
}

/// libpq fills in from its own variables what a URL leaves out.
#[cfg(not(feature = "tls"))]
#[test]
fn libpqs_own_variables_count_as_hosts() {
    for (url, name, value) in [
        ("postgres:///app", "PGHOST", "db.example"),
        ("postgres://localhost/app", "PGHOSTADDR", "10.0.0.7"),
        ("postgres:///app", "PGSERVICE", "prod"),
    ] {
        let refusal = expanded(url, &[(name, value)]).expect_err(value);
        assert!(refusal.contains(value) && refusal.contains("sslmode=disable"), "{refusal}");
    }
    expanded("postgres://localhost/app", &[("PGHOST", "db.example")]).expect("the URL's host");
}
