//! Forged tokens are refused, all of them, wherever a token is wanted.

use jsonwebtoken::Algorithm;

use super::forgery::{
    AUDIENCE, Forged, ISSUER, by_claims, by_header, by_signature, by_strangers, good,
};
use super::mint::{ES256, ES256_STRANGER, RS256, RS256_STRANGER, SECRET, Signer};
use super::{Call, call, calls, expect_refused};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    tokens_forged_for_a_secret_are_refused,
    tokens_forged_for_a_p256_key_are_refused,
    tokens_forged_for_an_rsa_key_are_refused,
);

async fn start(cluster: &TestCluster, key: &str) -> TestApp {
    let auth = format!(
        "[default.sharding.auth]\n{key}\nissuer = '{ISSUER}'\naudience = ['{AUDIENCE}', 'spare']"
    );
    TestApp::on(cluster).config(&auth).start().await
}

fn public(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/http/access/keys");
    format!("public_key_file = '{folder}/test-only-{name}-public.pem'")
}

/// The good token opens each call, and none of the forged does; nothing is stored.
async fn refuse_all(
    cluster: &TestCluster,
    app: &TestApp,
    good: &str,
    forged: &[Forged],
    at: &[Call],
) {
    for (name, token) in forged {
        for what in at {
            let refused = call(app, what, token).await;
            assert_eq!(refused.status, 401, "{name}: {token:.200}\n{refused}");
            let refused = expect_refused(refused, !token.is_empty());
            assert!(token.len() < 9 || !refused.text.contains(token), "{name}: {refused}");
        }
    }
    assert_eq!(cluster.rows_per_shard("orders", "status = status"), [0, 0, 0]);
    assert_eq!(cluster.rows_per_shard("users", "name = name"), [0, 0, 0]);
    for what in at {
        let let_in = call(app, what, good).await;
        assert!([200, 201, 404].contains(&let_in.status), "{let_in}");
    }
}

async fn tokens_forged_for_a_secret_are_refused(cluster: &TestCluster) {
    let app = start(cluster, &format!("hs256_secret = '{SECRET}'")).await;
    let signer = Signer::secret(SECRET);
    let strangers = [
        ("another secret", Signer::secret("another secret of the tests, just as long")),
        ("no secret", Signer::secret("")),
        ("a secret and a line's end", Signer::secret(&format!("{SECRET}\n"))),
        ("half the secret", Signer::secret(&SECRET[..SECRET.len() / 2])),
        ("the secret in capitals", Signer::secret(&SECRET.to_uppercase())),
        ("HS384", signer.using(Algorithm::HS384)),
        ("HS512", signer.using(Algorithm::HS512)),
        ("a key of P-256", Signer::es256(ES256)),
        ("an RSA key", Signer::rs256(RS256)),
    ];
    let mut forged = by_strangers(&strangers);
    forged.extend(by_claims(&signer));
    forged.extend(by_signature(&signer));
    forged.extend(by_header(&signer));
    assert!(forged.len() >= 100, "only {}", forged.len());
    refuse_all(cluster, &app, &signer.token(&good()), &forged, &calls()).await;
}

/// Whoever has the public key, which is public, could sign with it as with a secret.
fn confused(pem: &str) -> Vec<(&'static str, Signer)> {
    vec![
        ("the public key as a secret", Signer::secret(pem)),
        ("the public key without its last line's end", Signer::secret(pem.trim_end())),
        ("an empty secret", Signer::secret("")),
        ("a secret", Signer::secret(SECRET)),
    ]
}

async fn tokens_forged_for_a_p256_key_are_refused(cluster: &TestCluster) {
    let app = start(cluster, &public("es256")).await;
    let signer = Signer::es256(ES256);
    let mut strangers = confused(include_str!("keys/test-only-es256-public.pem"));
    strangers.push(("another key of P-256", Signer::es256(ES256_STRANGER)));
    strangers.push(("an RSA key", Signer::rs256(RS256)));
    let mut forged = by_strangers(&strangers);
    forged.extend(by_signature(&signer));
    forged.extend(by_header(&signer));
    refuse_all(cluster, &app, &signer.token(&good()), &forged, &calls()[..2]).await;
}

async fn tokens_forged_for_an_rsa_key_are_refused(cluster: &TestCluster) {
    let app = start(cluster, &public("rs256")).await;
    let signer = Signer::rs256(RS256);
    let mut strangers = confused(include_str!("keys/test-only-rs256-public.pem"));
    strangers.push(("another RSA key", Signer::rs256(RS256_STRANGER)));
    strangers.push(("RS384", signer.using(Algorithm::RS384)));
    strangers.push(("PS256", signer.using(Algorithm::PS256)));
    strangers.push(("a key of P-256", Signer::es256(ES256)));
    let mut forged = by_strangers(&strangers);
    forged.extend(by_signature(&signer));
    refuse_all(cluster, &app, &signer.token(&good()), &forged, &calls()[..2]).await;
}
