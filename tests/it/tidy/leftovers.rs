//! What is forgotten in a file: marks, switched-off code, unwraps.

use super::tree::Source;

/// Spelt apart, so that this file does not hold them.
const MARKS: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];

fn lines(text: &str, bad: impl Fn(&str) -> bool, what: &str) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| bad(line));
    lines.map(|(i, line)| format!("line {}: {what}: {}", i + 1, line.trim())).collect()
}

/// Marks of work to be done, which belong in an issue.
pub(super) fn marks(file: &Source) -> Vec<String> {
    let word = |line: &str| line.split(|c: char| !c.is_alphanumeric()).any(|w| MARKS.contains(&w));
    lines(&file.text, word, "a mark")
}

pub(super) fn in_rust(file: &Source) -> Vec<String> {
    [marks(file), lines(&file.text, switched_off, "switched-off code")].concat()
}

/// A comment that reads as a statement. Doc comments may hold examples.
fn switched_off(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix("//") else { return false };
    if comment.starts_with(['/', '!']) {
        return false;
    }
    let comment = comment.trim();
    let closed = ["}", "};", "})", "});"].contains(&comment);
    let statement = comment.ends_with([';', '{', '}'])
        && [" = ", "::"].iter().any(|sign| comment.contains(sign));
    let call = [");", ")?;"].iter().any(|end| comment.ends_with(end));
    let block = comment.ends_with(" {") && comment.contains('(');
    closed || statement || call || block || comment.starts_with("#[")
}

/// Outside tests an `expect` states the invariant; examples in docs use `?`.
pub(super) fn unwraps(file: &Source) -> Vec<String> {
    let code = file.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    lines(code, |line| line.contains(concat!(".unw", "rap()")), "an unwrap")
}

#[test]
fn marks_are_seen_and_words_are_not() {
    let found = |text: &str| marks(&Source::sample("x.rs", text)).len();
    for mark in MARKS {
        assert_eq!(found(&format!("// {mark}: later")), 1, "{mark}");
        assert_eq!(found(&format!("let x = 1; //{mark}(me)")), 1, "{mark}");
        assert_eq!(found(&format!("// {mark}S and A{mark}")), 0, "{mark}");
    }
}

#[test]
fn switched_off_code_is_told_from_prose() {
    for code in [
        "// let x = 1;",
        "    // conn.execute(sql)?;",
        "// }",
        "//});",
        "// #[test]",
        "// use crate::key::ShardId;",
        "// self.x = y;",
        "// pub fn route(&self) -> X {",
    ] {
        assert!(switched_off(code), "{code}");
    }
    for prose in [
        "// The other strategies' settings may stand beside the chosen one's, unread:",
        "// let nobody say otherwise",
        "// one thing; another;",
        "/// let x = 1;",
        "//! # use crate::X;",
        "let url = \"https://x\";",
        "// use as little as it can;",
    ] {
        assert!(!switched_off(prose), "{prose}");
    }
}

#[test]
fn unwraps_are_seen_outside_tests_alone() {
    let unwrap = concat!("x.unw", "rap();");
    let found = |text: &str| unwraps(&Source::sample("src/x.rs", text)).len();
    assert_eq!(found(&format!("fn f() {{ {unwrap} }}")), 1);
    assert_eq!(found(&format!("/// {unwrap}")), 1);
    assert_eq!(found(&format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{ {unwrap} }}")), 0);
    assert_eq!(found(concat!("x.unw", "rap_or_default();")), 0);
}
