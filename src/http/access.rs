//! Whether it is safe to serve with these settings.

use rocket::Config;
use tracing::warn;

use crate::config::{AuthSettings, Problems, TokenKey};

/// HS256 wants a key of at least the length of its hash (RFC 7518 §3.2).
const SHORT: usize = 32;

/// Nobody serves other machines without tokens by mistake.
pub(super) fn check(config: &Config, auth: &AuthSettings, problems: &mut Problems) {
    let is_reached = !config.address.to_canonical().is_loopback();
    if auth.key.is_none() && (auth.issuer.is_some() || !auth.audience.is_empty()) {
        problems.add(
            "sharding.auth",
            "says whose tokens count, and has no key to check them by, so that nobody would need \
             one; set hs256_secret or public_key_file",
        );
    }
    if is_reached && auth.key.is_none() && !auth.allow_anonymous {
        problems.add(
            "sharding.auth",
            format!(
                "is needed: other machines reach the service at {}, and no request would need a \
                 token; set hs256_secret or public_key_file, listen on 127.0.0.1, or, if whoever \
                 reaches it may read and change everything, say allow_anonymous = true",
                config.address
            ),
        );
    }
}

/// Says so if the secret is one that can be guessed.
pub(super) fn warn(auth: &AuthSettings) {
    if let Some(TokenKey::Secret(secret)) = &auth.key
        && secret.expose().len() < SHORT
    {
        warn!(
            "sharding.auth.hs256_secret is shorter than {SHORT} bytes, and whoever has a token can \
             try to guess it; make one with `openssl rand -base64 48`"
        );
    }
}
