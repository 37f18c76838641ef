use std::{
    fs,
    path::{Path, PathBuf},
};

use figment::{Figment, value::Value};

use super::{
    Problems, Secret,
    anchor::beside,
    expand::expand_plain,
    secret::HIDDEN,
    section::{Section, text},
};

/// Who may call the service: which tokens it takes, and whether it must have one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthSettings {
    /// What tokens are checked with; without it there are none.
    pub key: Option<TokenKey>,
    /// The `iss` that a token must have.
    pub issuer: Option<String>,
    /// The values one of which must be in a token's `aud`; any if there are none.
    pub audience: Vec<String>,
    /// Whether everyone may do everything, from other machines too.
    pub allow_anonymous: bool,
    /// Whether `/metrics` needs no token.
    pub public_metrics: bool,
}

/// What tokens are checked with. It fixes the algorithm; a token has no say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKey {
    /// HS256: whoever can check a token can make one.
    Secret(Secret),
    /// RS256 or ES256, by the kind of the key.
    PublicKey(PublicKeyFile),
}

/// A public key as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyFile {
    /// Where the file is, from the root of the file system.
    pub path: PathBuf,
    /// What is in it.
    pub pem: String,
}

impl AuthSettings {
    pub(super) fn read(
        section: &mut Section<'_>,
        figment: &Figment,
        env: &dyn Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Self {
        let secret = secret(section, env, problems);
        let file = section.value("public_key_file", problems);
        let path = section.path("public_key_file");
        let file = file.and_then(|(name, value)| {
            public_key(beside(figment, value, name))
                .map_err(|message| problems.add(&path, message))
                .ok()
        });
        if section.has("hs256_secret") && section.has("public_key_file") {
            problems.add(path, "is given beside hs256_secret; give one of them");
        }
        let allow_anonymous = section.flag("allow_anonymous", problems).unwrap_or_default();
        if allow_anonymous && (section.has("hs256_secret") || section.has("public_key_file")) {
            problems.add(
                section.path("allow_anonymous"),
                "is true beside a key for tokens, which nobody would need; take one of them away",
            );
        }
        let key = secret.map(TokenKey::Secret).or(file.map(TokenKey::PublicKey));
        let issuer = section.text("issuer", problems).map(str::to_owned);
        if issuer.as_deref() == Some("") {
            problems.add(section.path("issuer"), "is empty; leave it out to take any");
        }
        Self {
            key,
            issuer,
            audience: audience(section, problems),
            allow_anonymous,
            public_metrics: section.flag("public_metrics", problems).unwrap_or_default(),
        }
    }
}

fn secret(
    section: &mut Section<'_>,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<Secret> {
    let template = section.text("hs256_secret", problems)?;
    let secret = match expand_plain(template, env) {
        Ok(secret) if secret.is_empty() => Err("is empty; anyone could make tokens".to_owned()),
        Ok(secret) if secret.trim() != secret => {
            Err("begins or ends with white space; take it away where it comes from".to_owned())
        }
        Ok(_) if template.starts_with('$') && !template.starts_with("${") => {
            Err("is the text as it stands; a variable is written ${NAME}".to_owned())
        }
        Ok(secret) if secret == HIDDEN => {
            Err(format!("is {HIDDEN}, which only stands for a secret where one is shown"))
        }
        other => other,
    };
    secret
        .map(|secret| Secret::new(&secret))
        .map_err(|message| problems.add(section.path("hs256_secret"), message))
        .ok()
}

fn public_key(path: PathBuf) -> Result<PublicKeyFile, String> {
    let path = std::path::absolute(&path).unwrap_or(path);
    let pem = fs::read_to_string(&path)
        .map_err(|error| format!("can't read {}: {error}", path.display()))?;
    refuse_private(&path, &pem)?;
    Ok(PublicKeyFile { path, pem })
}

/// A service that holds the private key could make tokens, and so could who breaks into it.
fn refuse_private(path: &Path, pem: &str) -> Result<(), String> {
    let is_private =
        pem.lines().any(|line| line.starts_with("-----BEGIN") && line.contains("PRIVATE KEY"));
    if is_private {
        return Err(format!(
            "{} holds a private key, which stays with whoever makes tokens; take the public one \
             out of it with `openssl pkey -pubout`",
            path.display()
        ));
    }
    Ok(())
}

/// One text or several.
fn audience(section: &mut Section<'_>, problems: &mut Problems) -> Vec<String> {
    let path = section.path("audience");
    let Some(value) = section.get("audience") else { return Vec::new() };
    let values = match value {
        Value::Array(_, values) => values.iter().collect(),
        one => vec![one],
    };
    if values.is_empty() {
        problems.add(&path, "is an empty list, which no token could be meant for");
    }
    let texts: Vec<_> = values.into_iter().filter_map(|v| text(v, &path, problems)).collect();
    if texts.contains(&"") {
        problems.add(path, "is empty; leave it out to take tokens without one");
    }
    texts.into_iter().map(str::to_owned).collect()
}
