//! The reference of the configuration, held against the code, both ways.
//!
//! The code is asked by configurations with a mistake: it names the keys it knows, the type and
//! the bounds it wants.

mod asked;
mod shown;

use asked::Asked;
use shown::Row;

#[test]
fn every_key_is_on_the_page_and_no_other() {
    let known: Vec<String> = asked::sections()
        .iter()
        .flat_map(|(section, keys)| keys.iter().map(move |key| format!("{section} {key}")))
        .collect();
    assert!(known.len() > 40, "{known:?}");
    let rows = shown::rows();
    let shown: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row.section, row.key)).collect();
    let lacking: Vec<_> = known.iter().filter(|key| !shown.contains(key)).collect();
    let invented: Vec<_> = shown.iter().filter(|key| !known.contains(key)).collect();
    assert!(
        lacking.is_empty() && invented.is_empty(),
        "lacking {lacking:?}, invented {invented:?}"
    );
}

#[test]
fn types_and_bounds_are_what_the_code_wants() {
    let mut found = Vec::new();
    for Row { section, key, kind, bounds, .. } in shown::rows() {
        let complaint = Asked::wrong_type(&section, &key);
        let wanted = match (kind.as_str(), bounds.as_str()) {
            ("true or false", "") => "expected true or false".to_owned(),
            ("whole number", "any of 64 bits") => "expected a 64-bit whole number".to_owned(),
            ("whole number", bounds) => format!("expected a whole number from {bounds}"),
            ("time", "1 ms to a day") => "expected a length of time".to_owned(),
            ("text" | "shard" | "text or texts", "") => "expected text in quotes".to_owned(),
            ("table", "") => "expected a table".to_owned(),
            ("array", "") => "needs ranges = [".to_owned(),
            ("shards", "") => "expected \"all\" or an array".to_owned(),
            (kind, bounds) => format!("a type that the test knows, not {kind} {bounds}"),
        };
        if !complaint.as_deref().is_some_and(|complaint| is_whole(complaint, &wanted)) {
            found.push(format!("{section} {key}: `{wanted}`, and the code: {complaint:?}"));
        }
    }
    assert!(found.is_empty(), "{} differ:\n{}", found.len(), found.join("\n"));
}

/// Whether the complaint holds the words, and does not go on with another digit.
fn is_whole(complaint: &str, words: &str) -> bool {
    complaint
        .split_once(words)
        .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn defaults_are_what_is_in_force() {
    let in_force = asked::in_force();
    let mut compared = 0;
    for Row { section, key, default, .. } in shown::rows() {
        let value = asked::value(&in_force, &section, &key);
        let told = match default.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
            Some(told) => told,
            None => {
                let may_be_absent = ["none", "open", "", "the shards' own", "as `per_second`"];
                let required = default.starts_with("required");
                assert!(required || may_be_absent.contains(&default.as_str()), "{section} {key}");
                let none = ["none", "open"].contains(&default.as_str());
                assert!(!none || value.is_none(), "{section} {key} is {value:?} by default");
                continue;
            }
        };
        assert_eq!(value.as_deref(), Some(told), "{section} {key}");
        compared += 1;
    }
    assert!(compared >= 20, "only {compared} defaults were compared");
}

#[test]
fn what_is_required_is_asked_for() {
    for Row { section, key, .. } in
        shown::rows().iter().filter(|row| row.default.starts_with("required"))
    {
        let complaint = Asked::without(section, key);
        assert!(complaint.is_some(), "{section} can do without {key}");
    }
}
