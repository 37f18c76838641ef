//! What makes a token ours: its signature, and what it says of itself.

use std::fmt;

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, crypto::rust_crypto::DEFAULT_PROVIDER as CRYPTO, decode,
    errors::ErrorKind,
};
use serde::Deserialize;

use super::Scopes;
use crate::{
    config::{AuthSettings, PublicKeyFile, TokenKey},
    store::types::TenantId,
};

/// How far the clocks of who makes tokens and who reads them may differ, in seconds.
const LEEWAY: u64 = 10;
/// The longest token, in bytes: more than any issuer makes of what we read.
const LONGEST: usize = 8 * 1024;
/// The shortest modulus RS256 may be used with (RFC 7518 §3.3), in bytes.
const SHORTEST_RSA: usize = 2048 / 8;

/// Tells tokens of ours from others. The configured key fixes the algorithm.
pub(in crate::http) struct Verifier {
    key: DecodingKey,
    rules: Validation,
}

/// What a token that is ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) tenant: Option<TenantId>,
    pub(super) scopes: Scopes,
    /// In seconds since 1970.
    pub(super) expires: u64,
}

/// Why a token does not count. Only who could sign one learns more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the token is not valid")]
    Invalid,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    TooEarly,
    #[error("the token is another issuer's")]
    Issuer,
    #[error("the token is meant for another audience")]
    Audience,
}

/// The claims we read, each at most once and of its own type. What the library
/// checks of them it checks only where it can read them; here none may be odd.
#[derive(Deserialize)]
struct Claims {
    exp: u64,
    tenant: Option<String>,
    scope: Option<String>,
    #[serde(rename = "nbf")]
    _nbf: Option<u64>,
    #[serde(rename = "iss")]
    _iss: Option<String>,
    #[serde(rename = "aud")]
    _aud: Option<Audience>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(#[allow(dead_code, reason = "only its type is looked at")] String),
    Several(#[allow(dead_code, reason = "only its type is looked at")] Vec<String>),
}

impl Verifier {
    /// A verifier, if there is a key for one.
    ///
    /// # Errors
    /// What is wrong with the file of the public key.
    pub(in crate::http) fn new(settings: &AuthSettings) -> Result<Option<Self>, String> {
        let (algorithm, key) = match &settings.key {
            None => return Ok(None),
            Some(TokenKey::Secret(secret)) => {
                (Algorithm::HS256, DecodingKey::from_secret(secret.expose().as_bytes()))
            }
            Some(TokenKey::PublicKey(file)) => public_key(file)?,
        };
        let mut rules = Validation::new(algorithm);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        if let Some(issuer) = &settings.issuer {
            rules.set_issuer(&[issuer]);
            rules.required_spec_claims.insert("iss".to_owned());
        }
        // Without one of our own, a token that is meant for somebody is not for us
        // (RFC 7519 §4.1.3): that is the library's default.
        if !settings.audience.is_empty() {
            rules.set_audience(&settings.audience);
            rules.required_spec_claims.insert("aud".to_owned());
        }
        Ok(Some(Self { key, rules }))
    }

    pub(super) fn verify(&self, token: &str) -> Result<Token, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::Invalid);
        }
        let read = decode::<Claims>(token, &self.key, &self.rules)
            .map_err(|error| Refusal::of(error.kind()))?;
        // Whoever marks a header critical wants it understood or refused (RFC 7515 §4.1.11).
        if read.header.crit.is_some() {
            return Err(Refusal::Invalid);
        }
        let tenant = read.claims.tenant.as_deref().map(TenantId::parse).transpose();
        Ok(Token {
            tenant: tenant.map_err(|_| Refusal::Invalid)?,
            scopes: Scopes::parse(&read.claims.scope.unwrap_or_default()),
            expires: read.claims.exp,
        })
    }
}

/// The algorithm goes with the kind of the key.
fn public_key(file: &PublicKeyFile) -> Result<(Algorithm, DecodingKey), String> {
    let (path, pem) = (file.path.display(), file.pem.as_bytes());
    let label = file.pem.lines().find_map(|line| line.trim().strip_prefix("-----BEGIN "));
    match label {
        Some("PUBLIC KEY-----" | "RSA PUBLIC KEY-----") => {}
        Some("CERTIFICATE-----") => {
            return Err(format!(
                "{path} holds a certificate; take the key out of it with `openssl x509 -noout \
                 -pubkey`"
            ));
        }
        _ => return Err(format!("{path} holds no public key in PEM (`BEGIN PUBLIC KEY`)")),
    }
    if let Ok(key) = DecodingKey::from_ec_pem(pem) {
        return match (CRYPTO.verifier_factory)(&Algorithm::ES256, &key) {
            Ok(_) => Ok((Algorithm::ES256, key)),
            Err(_) => Err(format!("{path} holds a key that is not on P-256, as ES256 needs it")),
        };
    }
    let modulus = DecodingKey::from_rsa_pem(pem).and_then(|key| {
        let (n, _) =
            (CRYPTO.key_utils.rsa_pub_components_from_public_key)(key.try_get_as_bytes()?)?;
        Ok((n.iter().skip_while(|byte| **byte == 0).count(), key))
    });
    match modulus {
        Ok((length, key)) if length >= SHORTEST_RSA => Ok((Algorithm::RS256, key)),
        Ok(_) => Err(format!("{path} holds an RSA key of less than 2048 bits, which is not safe")),
        Err(_) => Err(format!("{path} holds no public key of RSA or of P-256")),
    }
}

impl Refusal {
    fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::ExpiredSignature => Self::Expired,
            ErrorKind::ImmatureSignature => Self::TooEarly,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::MissingRequiredClaim(claim) if claim == "iss" => Self::Issuer,
            ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Self::Audience,
            _ => Self::Invalid,
        }
    }
}

impl fmt::Debug for Verifier {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms = &self.rules.algorithms;
        f.debug_struct("Verifier").field("algorithms", algorithms).finish_non_exhaustive()
    }
}
