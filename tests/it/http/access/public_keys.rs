//! `public_key_file`: the algorithm goes with the key, and files that hold none.

use std::fs;

use shardwright::http::Service;

use super::mint::{ES256, RS256, Signer, claims};
use super::{SCOPES, get};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(a_key_makes_its_own_kind_of_token_count, a_file_without_a_fit_key_is_a_problem);

fn config(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/http/access/keys");
    format!("[default.sharding.auth]\npublic_key_file = '{folder}/{file}'")
}

async fn a_key_makes_its_own_kind_of_token_count(cluster: &TestCluster) {
    let claims = claims(Some("acme"), &SCOPES.join(" "));
    let es256 = Signer::es256(ES256).token(&claims);
    let rs256 = Signer::rs256(RS256).token(&claims);
    for (file, good, bad) in [
        ("test-only-es256-public.pem", &es256, &rs256),
        ("test-only-rs256-public.pem", &rs256, &es256),
        ("test-only-rs256-pkcs1-public.pem", &rs256, &es256),
    ] {
        let app = TestApp::on(cluster).config(&config(file)).start().await;
        get(&app, "/orders/acme", good).await.expect(200);
        get(&app, "/orders/acme", bad).await.expect(401);
    }
}

async fn a_file_without_a_fit_key_is_a_problem(cluster: &TestCluster) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let garbage = folder.path().join("garbage.pem");
    fs::write(&garbage, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        .expect("disk has room");
    let garbage = garbage.display().to_string();
    for (file, words) in [
        ("test-only-es256-private.pem", "private key"),
        ("test-only-rs256-private.pem", "private key"),
        ("test-only-rsa-1024-public.pem", "2048 bits"),
        ("test-only-p384-public.pem", "P-256"),
        ("test-only-ed25519-public.pem", "no public key of RSA or of P-256"),
        ("test-only-certificate.pem", "openssl x509"),
        ("mint.rs", "can't read"),
        ("../mint.rs", "no public key in PEM"),
        (&garbage, "no public key of RSA or of P-256"),
    ] {
        let toml = match file.starts_with('/') {
            true => format!("[default.sharding.auth]\npublic_key_file = '{file}'"),
            false => config(file),
        };
        let figment = TestApp::on(cluster).config(&toml).figment();
        let told = Service::open(&figment).expect_err(file).to_string();
        assert!(told.contains("sharding.auth.public_key_file: "), "{told}");
        assert!(told.contains(words), "{file}: {told}");
    }
}
