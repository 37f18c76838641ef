//! `[sharding.auth]` and `[sharding.rate_limit]`.

use std::fs;

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{
    cluster::Blueprint,
    config::{AuthSettings, Sharding, TokenKey, to_toml},
};

use super::file::{one_mistake, over};

/// Settings with `JWT_SECRET` and `EMPTY` in the environment.
fn settings(piece: &str) -> Sharding {
    let env = |name: &str| match name {
        "JWT_SECRET" => Some("p@ss/w%rd ${x}".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    };
    Blueprint::load_with(&over(piece), &env).expect("a good file").settings
}

fn secret(piece: &str) -> String {
    match settings(piece).auth.key {
        Some(TokenKey::Secret(secret)) => secret.expose().to_owned(),
        other => panic!("a secret, not {other:?}"),
    }
}

#[test]
fn what_is_not_said_is_open_and_without_a_limit() {
    let usual = settings("");
    assert_eq!(usual.auth, AuthSettings::default());
    assert_eq!((usual.auth.allow_anonymous, usual.auth.public_metrics), (false, false));
    assert_eq!(usual.rate_limit, None);
    assert_eq!(settings("[auth]").auth, AuthSettings::default());
}

#[test]
fn a_secret_may_come_from_the_environment_as_it_is() {
    assert_eq!(secret("[auth]\nhs256_secret = '${JWT_SECRET}'"), "p@ss/w%rd ${x}");
    assert_eq!(secret("[auth]\nhs256_secret = 'x://${JWT_SECRET}@'"), "x://p@ss/w%rd ${x}@");
    assert_eq!(secret("[auth]\nhs256_secret = 'plain'"), "plain");
}

#[test]
fn an_audience_is_one_text_or_several() {
    let audience = |value: &str| settings(&format!("[auth]\naudience = {value}")).auth.audience;
    assert_eq!(audience("'a'"), ["a"]);
    assert_eq!(audience("['a', 'b']"), ["a", "b"]);
    for (value, words) in [("[]", "empty list"), ("''", "is empty"), ("7", "text in quotes")] {
        one_mistake(&format!("[auth]\naudience = {value}"), "auth.audience", &[words]);
    }
    one_mistake("[auth]\naudience = ['a', 7]", "auth.audience", &["text in quotes"]);
}

#[test]
fn mistakes_are_told_with_their_place_and_without_the_secret() {
    for (piece, key, words) in [
        ("hs256_secret = ''", "hs256_secret", "is empty"),
        ("hs256_secret = '***'", "hs256_secret", "only stands for a secret"),
        ("hs256_secret = ' hush'", "hs256_secret", "white space"),
        ("hs256_secret = '   '", "hs256_secret", "white space"),
        ("hs256_secret = '$JWT_SECRET'", "hs256_secret", "is written ${NAME}"),
        ("hs256_secret = 7", "hs256_secret", "text in quotes"),
        ("hs256_secret = '${NOPE}'", "hs256_secret", "NOPE is not set"),
        ("hs256_secret = 'hush${'", "hs256_secret", "has no `}`"),
        ("issuer = ''", "issuer", "is empty"),
        ("issuer = ['a']", "issuer", "text in quotes"),
        ("allow_anonymous = 'yes'", "allow_anonymous", "true or false"),
        ("public_metrics = 1", "public_metrics", "true or false"),
        ("hs256_secret = 'hush'\nallow_anonymous = true", "allow_anonymous", "nobody would need"),
        ("public_key_file = 'nowhere.pem'", "public_key_file", "can't read"),
        ("hs_256_secret = 'hush'", "hs_256_secret", "did you mean `hs256_secret`?"),
    ] {
        one_mistake(&format!("[auth]\n{piece}"), &format!("auth.{key}"), &[words]);
        let told = super::file::problems(&format!("[auth]\n{piece}"));
        assert!(!told[0].1.contains("hush"), "{told:?}");
    }
    one_mistake("auth = 'hush'", "auth", &["expected a table"]);
}

#[test]
fn an_empty_variable_is_no_secret() {
    let env = |_: &str| Some(String::new());
    let figment = over("[auth]\nhs256_secret = '${EMPTY}'");
    let told = Blueprint::load_with(&figment, &env).expect_err("it is empty").to_string();
    assert!(told.contains("sharding.auth.hs256_secret: is empty"), "{told}");
}

/// A folder with a Rocket.toml that names a key beside it.
fn folder(auth: &str, pem: &str) -> (tempfile::TempDir, Figment) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let toml = format!(
        "[default.sharding.shards]\nshard-0.url = 'sqlite://0.db'\n\
         [default.sharding.keyspaces.orders]\nstrategy = 'consistent_hash'\n\
         [default.sharding.auth]\npublic_key_file = 'key.pem'\n{auth}"
    );
    fs::write(folder.path().join("Rocket.toml"), toml).expect("disk has room");
    fs::write(folder.path().join("key.pem"), pem).expect("disk has room");
    let file = Toml::file(folder.path().join("Rocket.toml")).nested();
    (folder, Figment::from(file).select("default"))
}

#[test]
fn a_key_is_read_from_beside_the_file_that_names_it() {
    let (folder, figment) = folder("", "-----BEGIN PUBLIC KEY-----");
    let auth = Blueprint::load_with(&figment, &|_| None).expect("a good file").settings.auth;
    let Some(TokenKey::PublicKey(file)) = auth.key else { panic!("a key, not {auth:?}") };
    assert_eq!(file.path, folder.path().join("key.pem"));
    assert_eq!(file.pem, "-----BEGIN PUBLIC KEY-----");
}

#[test]
fn two_keys_or_a_private_one_are_mistakes() {
    let (_folder, figment) = folder("hs256_secret = 'hush'", "-----BEGIN PUBLIC KEY-----");
    let told = Blueprint::load_with(&figment, &|_| None).expect_err("two keys").to_string();
    assert!(told.contains("auth.public_key_file: is given beside hs256_secret"), "{told}");
    for kind in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
        let pem = format!("-----BEGIN PUBLIC KEY-----\n-----BEGIN {kind}-----\nhush");
        let (_folder, figment) = folder("", &pem);
        let told = Blueprint::load_with(&figment, &|_| None).expect_err(kind).to_string();
        assert!(told.contains("auth.public_key_file: ") && told.contains("private key"), "{told}");
        assert!(!told.contains("hush"), "{told}");
    }
}

#[test]
fn a_rate_limit_is_whole_and_has_its_burst() {
    let limit = |piece: &str| {
        let limit = settings(&format!("[rate_limit]\n{piece}")).rate_limit.expect("a limit");
        (limit.per_second.get(), limit.burst.get())
    };
    assert_eq!(limit("per_second = 100"), (100, 100));
    assert_eq!(limit("per_second = 100\nburst = 7"), (100, 7));
    for value in ["0", "-1", "1.5", "'many'", "1000001"] {
        let piece = format!("[rate_limit]\nper_second = {value}");
        one_mistake(&piece, "rate_limit.per_second", &["from 1 to 1000000"]);
        let piece = format!("[rate_limit]\nper_second = 1\nburst = {value}");
        one_mistake(&piece, "rate_limit.burst", &["from 1 to 1000000"]);
    }
    one_mistake("[rate_limit]\nburst = 7", "rate_limit.per_second", &["is missing"]);
    one_mistake("[rate_limit]\nper_second = 7\nbrust = 1", "rate_limit.brust", &["`burst`"]);
    one_mistake("rate_limit = 7", "rate_limit", &["expected a table"]);
}

#[test]
fn no_way_of_showing_them_shows_the_secret() {
    let settings = settings(
        "[auth]\nhs256_secret = 'hush-hush'\nissuer = 'i'\naudience = 'a'\n\
         [rate_limit]\nper_second = 5",
    );
    let shown = to_toml(&settings).expect("it is validated");
    for text in [&shown, &format!("{settings:?}"), &format!("{settings:#?}")] {
        assert!(!text.contains("hush-hush"), "{text}");
    }
    let table: toml::Table = shown.parse().expect("TOML");
    let sharding = &table["default"]["sharding"];
    let auth = &sharding["auth"];
    assert_eq!(auth["hs256_secret"].as_str(), Some("***"));
    assert_eq!(auth["issuer"].as_str(), Some("i"));
    assert_eq!(auth["audience"].as_array().map(Vec::len), Some(1));
    assert_eq!(auth["allow_anonymous"].as_bool(), Some(false));
    assert_eq!(auth["public_metrics"].as_bool(), Some(false));
    assert_eq!(sharding["rate_limit"]["burst"].as_integer(), Some(5));
}
