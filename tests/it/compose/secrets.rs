//! Passwords that stand in a file as they are.

use super::shard_url::variable;

/// Each line that gives a password other than by a variable.
pub(super) fn literals(text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    lines.filter(|(_, line)| gives(line)).map(|(i, line)| format!("{}: {line}", i + 1)).collect()
}

fn gives(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim();
    !line.starts_with('#') && (in_url(line) || assigned(line) || line.contains("HOST_AUTH_METHOD"))
}

/// `scheme://user:password@…`
fn in_url(line: &str) -> bool {
    line.split("://").skip(1).any(|rest| {
        let userinfo = rest.split_once('@').map(|(before, _)| before).unwrap_or_default();
        userinfo.split_once(':').is_some_and(|(_, password)| variable(password).is_none())
    })
}

/// `…PASSWORD: value` or `…password=value`, in any case and quoted or not.
fn assigned(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.match_indices("password").any(|(at, word)| {
        let after = lower[at + word.len()..].trim_start_matches(['"', '\'']).trim_start();
        let Some(value) = after.strip_prefix([':', '=']) else { return false };
        let value = value.trim_start_matches(['"', '\'', ' ']);
        // What is behind a closing brace is the rest of the line, not the value.
        let value = value.find('}').map_or(value, |end| &value[..=end]);
        // `${SHARD_0_PASSWORD:?…}`, asked about inside the variable itself.
        !value.starts_with('?') && variable(value).is_none()
    })
}

#[test]
fn literals_are_told_from_variables() {
    for line in [
        "      POSTGRES_PASSWORD: ${SHARD_0_PASSWORD:?set SHARD_0_PASSWORD}",
        "    - SHARD_0_PASSWORD=${SHARD_0_PASSWORD:?}",
        "url = \"postgres://me:${SHARD_0_PASSWORD}@shard-0:5432/app\"",
        "url = \"sqlite://data/shard-0.db\"",
        "# a comment: password: none",
        "ENV RUST_LOG=info",
    ] {
        assert!(!gives(line), "{line}");
    }
    for line in [
        "      POSTGRES_PASSWORD: hunter2",
        "      POSTGRES_PASSWORD: ${SHARD_0_PASSWORD:-hunter2}",
        "      POSTGRES_PASSWORD: \"hunter2\"",
        "    - SHARD_0_PASSWORD=hunter2",
        "ENV PGPASSWORD=hunter2",
        "url = \"postgres://me:hunter2@shard-0:5432/app\"",
        "url = \"postgres:///app?password=hunter2\"",
        "      POSTGRES_HOST_AUTH_METHOD: trust",
    ] {
        assert!(gives(line), "{line}");
    }
}
