//! Nobody serves other machines without tokens by mistake.

use crate::process::Folder;

const OPEN: &str = "{auth={allow_anonymous=true}}";
const KEY: &str = "{auth={hs256_secret=\"a secret of the tests, of more than 32 bytes\"}}";

#[test]
fn other_machines_are_served_with_tokens_or_aloud() {
    for address in ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1"] {
        let folder = || Folder::fresh().env("ROCKET_ADDRESS", address);
        for command in [&["serve"][..], &[], &["config", "check"]] {
            let ran = folder().run(command).expect(2);
            assert!(ran.stderr.contains("sharding.auth: "), "{ran:?}");
            for word in [address, "hs256_secret", "public_key_file", "allow_anonymous = true"] {
                assert!(ran.stderr.contains(word), "{word}: {ran:?}");
            }
        }
        for said in [OPEN, KEY] {
            folder().env("ROCKET_SHARDING", said).run(&["config", "check"]).expect(0);
        }
    }
}

#[test]
fn on_loopback_nothing_needs_be_said() {
    for address in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        Folder::fresh().env("ROCKET_ADDRESS", address).run(&["config", "check"]).expect(0);
    }
}

/// Who names an issuer thinks that tokens are asked for.
#[test]
fn claims_without_a_key_are_refused() {
    for auth in ["issuer=\"x\"", "audience=\"x\""] {
        let folder = Folder::fresh().env("ROCKET_SHARDING", &format!("{{auth={{{auth}}}}}"));
        let ran = folder.run(&["config", "check"]).expect(2);
        assert!(ran.stderr.contains("no key to check them by"), "{ran:?}");
    }
}

/// The command line asks shards, not the service, and needs no token.
#[test]
fn commands_need_no_token() {
    let folder = Folder::fresh().env("ROCKET_ADDRESS", "0.0.0.0").env("ROCKET_SHARDING", KEY);
    folder.run(&["migration", "run"]).expect(0);
    folder.run(&["shards"]).expect(0);
    folder.run(&["route", "orders", "acme"]).expect(0);
    let shown = folder.run(&["config", "show"]).expect(0);
    assert!(!shown.words().contains("a secret of the tests"), "{shown:?}");
    assert!(shown.stdout.contains("hs256_secret = \"***\""), "{shown:?}");
    Folder::fresh().env("ROCKET_ADDRESS", "0.0.0.0").run(&["migration", "run"]).expect(0);
}

#[test]
fn all_that_is_wrong_with_serving_is_told_at_once() {
    let folder = Folder::fresh().env("ROCKET_ADDRESS", "0.0.0.0").env("ROCKET_MAX_BLOCKING", "3");
    let ran = folder.run(&["config", "check"]).expect(2);
    assert!(ran.stderr.contains("sharding.auth: "), "{ran:?}");
    assert!(ran.stderr.contains("max_blocking: "), "{ran:?}");
}

#[test]
fn a_key_and_a_profile_that_allows_anyone_contradict() {
    let folder = Folder::fresh().env("ROCKET_PROFILE", "postgres").env("ROCKET_SHARDING", KEY);
    let folder = ["0", "1", "2"]
        .iter()
        .fold(folder, |folder, n| folder.env(&format!("SHARD_{n}_PASSWORD"), "x"));
    let ran = folder.run(&["config", "check"]).expect(2);
    assert!(ran.stderr.contains("sharding.auth.allow_anonymous: "), "{ran:?}");
}
