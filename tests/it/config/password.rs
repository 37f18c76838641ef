//! No way of showing a configuration shows a password.

use proptest::prelude::*;
use shardwright::{
    cluster::{Blueprint, Builder},
    config::{DatabaseUrl, to_toml},
    shard::ShardConnection,
};

use super::file::over;
use crate::cases::cases;

/// Not to be found in anything that is printed.
const SECRET: &str = "hunter2";

/// Everything a configuration can be made to print, with variables from `env`.
fn everything_shown(url: &str, env: &dyn Fn(&str) -> Option<String>) -> String {
    let figment = over("").merge(("sharding.shards.shard-0.url", url));
    match Blueprint::load_with(&figment, env) {
        Err(problems) => {
            let each: String =
                problems.iter().map(|problem| format!("{problem}{problem:?}")).collect();
            format!("{problems}{problems:?}{problems:#?}{each}")
        }
        Ok(blueprint) => {
            let settings = &blueprint.settings;
            let url = &settings.shards[0].url;
            let mut shown = format!("{settings:?}{settings:#?}{url}{url:?}{:?}", settings.shards);
            shown += &to_toml(settings).expect("TOML");
            shown += &format!("{blueprint:?}");
            if let DatabaseUrl::Postgres(url) = url {
                shown += &format!("{url}{url:?}{url:#?}");
            }
            shown + &format!("{:?}", Builder::<ShardConnection>::from_blueprint(blueprint))
        }
    }
}

/// Where the secret stands in what was shown, with a little around it.
fn glimpse(shown: &str) -> Option<String> {
    let (before, after) = shown.split_once(SECRET)?;
    let around: Vec<char> = before.chars().rev().take(60).collect();
    let before: String = around.into_iter().rev().collect();
    Some(format!("…{before}{SECRET}{}…", after.chars().take(30).collect::<String>()))
}

#[track_caller]
fn hidden(url: &str) {
    assert_eq!(glimpse(&everything_shown(url, &|_| None)), None, "{url} shows its password");
}

#[test]
fn a_good_url_hides_its_password_wherever_it_stands() {
    for url in [
        "postgres://me:hunter2@localhost/app",
        "postgresql://me:hunter2@localhost:5433/app?sslmode=disable",
        "postgres://:hunter2@localhost/app",
        "postgres://me:hunter2@/app?host=/var/run",
        "postgres://me:hunter2@localhost,127.0.0.1:5433/app",
        "postgres://me:x:hunter2@localhost/app",
        "postgres://me:hunter2?@localhost/app",
        "postgres://me:1?hunter2@localhost/app",
        "postgres:///app?password=hunter2",
        "postgres://me@localhost/app?application_name=a&password=hunter2&connect_timeout=3",
        "postgres:///app?sslpassword=hunter2",
        "postgres:///app?sslkey=/k&sslpassword=hunter2&sslcert=/c",
    ] {
        Blueprint::load_with(&over("").merge(("sharding.shards.shard-0.url", url)), &|_| None)
            .expect("a good URL");
        hidden(url);
    }
}

#[test]
fn a_malformed_url_hides_it_too() {
    for url in [
        "me:hunter2@localhost/app",
        "mysql://me:hunter2@localhost/app",
        "postgres:me:hunter2@localhost/app",
        "postgres//me:hunter2@localhost/app",
        "postgres://me:hunter2",
        "postgres://me:hunter2/app",
        "postgres://me:hunter2@localhost:port/app",
        "postgres://me:a@hunter2@localhost/app",
        "postgres://me:a/hunter2@localhost/app",
        "postgres://me:hunter2@[::1/app",
        "postgres://me:hunter2@db.example/app",
        "postgres://me:${hunter2",
        "postgres://me:hunter2@localhost/app?hunter2",
        "postgres://me:hunter2\0@localhost/app",
    ] {
        Blueprint::load_with(&over("").merge(("sharding.shards.shard-0.url", url)), &|_| None)
            .expect_err("a malformed URL");
        hidden(url);
    }
}

/// libpq decodes a parameter's name, and takes the first `@` for the end of the
/// password whatever stands before it: so must what hides it.
#[test]
fn a_password_is_hidden_in_every_spelling_that_libpq_takes() {
    hidden("postgres:///app?pass%77ord=hunter2");
    hidden("postgres://localhost:1?hunter2=x@localhost/app");
    hidden("postgres://me:1?x=hunter2@db.example/app&sslmode=disable");
    hidden("postgres://@?=me:hunter2@localhost/app");
}

/// Other secrets that libpq 18 takes by URL.
#[test]
fn other_secrets_of_libpq_are_hidden() {
    hidden("postgres:///app?oauth_client_secret=hunter2");
    hidden("postgres:///app?scram_client_key=hunter2&scram_server_key=hunter2");
}

/// A file that is no TOML is shown with the line that breaks it, and that line
/// may be the one with the password.
#[test]
fn a_file_that_is_no_toml_hides_its_passwords() {
    use figment::{
        Figment,
        providers::{Format, Toml},
    };
    let text = "[default.sharding.shards.shard-0]\nurl = \"postgres://me:hunter2@localhost/app\n";
    let figment = Figment::from(Toml::string(text).nested()).select("default");
    let problems = Blueprint::load_with(&figment, &|_| None).expect_err("no TOML");
    let shown = format!("{problems}{problems:?}");
    assert!(shown.contains("line 2"), "it says where: {shown}");
    assert!(!shown.contains(SECRET), "{shown}");
}

proptest! {
    #![proptest_config(cases(256))]

    /// Whatever the variable holds, it is the password, whole and literally, and
    /// nothing of it is shown.
    #[test]
    fn a_password_from_the_environment_is_any_text(
        before in "[ -~é日]{0,6}",
        after in "[ -~é日]{0,6}",
        parameter: bool,
    ) {
        let password = format!("{before}{SECRET}{after}");
        let url = match parameter {
            true => "postgres://me@localhost/app?password=${PW}&application_name=x",
            false => "postgres://me:${PW}@localhost/app?application_name=x",
        };
        let env = |name: &str| (name == "PW").then(|| password.clone());
        let figment = over("").merge(("sharding.shards.shard-0.url", url));
        let blueprint = Blueprint::load_with(&figment, &env);
        prop_assert!(blueprint.is_ok(), "{password:?} in {url}: {:?}", blueprint.err());
        let shown = everything_shown(url, &env);
        prop_assert_eq!(glimpse(&shown), None, "{:?} in {}", password, url);
        let blueprint = blueprint.expect("checked above");
        let DatabaseUrl::Postgres(url) = &blueprint.settings.shards[0].url else { panic!("postgres") };
        let read = |name| url.parameter(name).map(|value| value.into_owned());
        prop_assert_eq!(read("application_name"), Some("x".to_owned()));
        prop_assert_eq!(read("password"), parameter.then_some(password));
    }

    /// Nor is any piece of a URL that someone mistyped: its password may have
    /// ended up anywhere.
    #[test]
    fn a_mangled_url_shows_no_password(noise in "[:/@?#&=%\\[\\] ]{0,3}", at in 0..40_usize) {
        let mut url = "postgres://someone:hunter2@localhost:5432/app".to_owned();
        url.insert_str(at.min(url.len()), &noise);
        prop_assume!(url.contains(SECRET));
        prop_assert_eq!(glimpse(&everything_shown(&url, &|_| None)), None, "{}", url);
    }
}
