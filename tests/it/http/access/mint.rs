//! Tokens, good ones and whatever else can be signed.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
use serde_json::{Value, json};

/// What tokens are signed with where nothing else is said.
pub(super) const SECRET: &str = "a secret of the tests, of more than 32 bytes";

pub(super) const ES256: &[u8] = include_bytes!("keys/test-only-es256-private.pem");
pub(super) const ES256_STRANGER: &[u8] =
    include_bytes!("keys/test-only-es256-stranger-private.pem");
pub(super) const RS256: &[u8] = include_bytes!("keys/test-only-rs256-private.pem");
pub(super) const RS256_STRANGER: &[u8] =
    include_bytes!("keys/test-only-rs256-stranger-private.pem");

/// Seconds since 1970, and so many more.
pub(super) fn in_seconds(more: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    i64::try_from(now.as_secs()).expect("it is not that late") + more
}

/// A key and what it signs with.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) algorithm: Algorithm,
    pub(super) key: EncodingKey,
}

impl Signer {
    pub(super) fn secret(secret: &str) -> Signer {
        Signer { algorithm: Algorithm::HS256, key: EncodingKey::from_secret(secret.as_bytes()) }
    }

    pub(super) fn es256(pem: &[u8]) -> Signer {
        let key = EncodingKey::from_ec_pem(pem).expect("a key of P-256");
        Signer { algorithm: Algorithm::ES256, key }
    }

    pub(super) fn rs256(pem: &[u8]) -> Signer {
        let key = EncodingKey::from_rsa_pem(pem).expect("an RSA key");
        Signer { algorithm: Algorithm::RS256, key }
    }

    /// The same key used in another way.
    pub(super) fn using(&self, algorithm: Algorithm) -> Signer {
        Signer { algorithm, key: self.key.clone() }
    }

    /// A token of any claims, with the header that goes with the key.
    pub(super) fn token(&self, claims: &Value) -> String {
        let header = json!({ "alg": format!("{:?}", self.algorithm), "typ": "JWT" });
        self.of(&header.to_string(), claims.to_string().as_bytes())
    }

    /// A token of any header and payload, signed.
    pub(super) fn of(&self, header: &str, payload: &[u8]) -> String {
        let message = format!("{}.{}", base64url(header.as_bytes()), base64url(payload));
        let signed = sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signed.expect("the key fits the algorithm"))
    }
}

/// Claims of a token that is good for ten minutes.
pub(super) fn claims(tenant: Option<&str>, scope: &str) -> Value {
    let mut claims = json!({ "exp": in_seconds(600), "scope": scope });
    if let Some(tenant) = tenant {
        claims["tenant"] = json!(tenant);
    }
    claims
}

/// A good token for a service of [`guarded`](super::guarded).
pub(super) fn token(tenant: Option<&str>, scope: &str) -> String {
    Signer::secret(SECRET).token(&claims(tenant, scope))
}

/// Base64 for URLs, without padding (RFC 4648 §5).
pub(super) fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, i| {
            bits << 8 | usize::from(three.get(i).copied().unwrap_or_default())
        });
        for place in 0..=three.len() {
            text.push(LETTERS[bits >> (18 - 6 * place) & 63].into());
        }
    }
    text
}

#[test]
fn base64_is_as_in_the_rfc() {
    for (plain, coded) in
        [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")]
    {
        assert_eq!(base64url(plain.as_bytes()), coded);
    }
    assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
}
