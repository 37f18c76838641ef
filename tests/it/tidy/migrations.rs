//! Both backends' schemas move in step.

use std::collections::{BTreeMap, BTreeSet};

const BACKENDS: [&str; 2] = ["postgres", "sqlite"];
const FILES: [&str; 2] = ["down.sql", "up.sql"];

/// What one backend has and the other does not, and migrations without both
/// ways, from paths such as `migrations/sqlite/<version>_<name>/up.sql`.
pub(super) fn lopsided(paths: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut migrations: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for path in paths {
        match path.split('/').skip(1).collect::<Vec<_>>()[..] {
            [backend, migration, file] if BACKENDS.contains(&backend) && FILES.contains(&file) => {
                migrations.entry((migration, backend)).or_default().insert(file);
            }
            _ => found.push(format!("{path} is no <backend>/<version>_<name>/up.sql or down.sql")),
        }
    }
    let names: BTreeSet<&str> = migrations.keys().map(|(migration, _)| *migration).collect();
    if names.is_empty() {
        found.push("there is no migration".to_owned());
    }
    for name in names {
        if name.split_once('_').is_none_or(|(version, rest)| version.is_empty() || rest.is_empty())
        {
            found.push(format!("{name} is no <version>_<name>"));
        }
        for backend in BACKENDS {
            let files = migrations.get(&(name, backend)).cloned().unwrap_or_default();
            for file in FILES.iter().filter(|file| !files.contains(**file)) {
                found.push(format!("migrations/{backend}/{name}/{file} is missing"));
            }
        }
    }
    found
}

#[test]
fn a_backend_that_lags_is_seen() {
    let of = |paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| format!("migrations/{path}")).collect();
        lopsided(&paths)
    };
    let good = [
        "postgres/1_a/up.sql",
        "postgres/1_a/down.sql",
        "sqlite/1_a/up.sql",
        "sqlite/1_a/down.sql",
    ];
    assert_eq!(of(&good), Vec::<String>::new());
    assert_eq!(of(&good[..3]), ["migrations/sqlite/1_a/down.sql is missing"]);
    assert_eq!(of(&good[..2]).len(), 2, "the whole of sqlite's");
    assert_eq!(of(&[]).len(), 1);
    let renamed = good.map(|path| path.replace("sqlite/1_a", "sqlite/1_b"));
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    assert_eq!(of(&renamed).len(), 4);
    assert_eq!(of(&[&good[..], &["mysql/1_a/up.sql"]].concat()).len(), 1);
    assert_eq!(of(&[&good[..], &["sqlite/1_a/README"]].concat()).len(), 1);
}
