//! The paths a file names, from the root of the crate.

/// Every path after `crate::` or after enough `super::` to reach the root, its
/// groups taken apart: `crate::{a, b::{C, d::E}}` is `a`, `b::C` and `b::d::E`.
///
/// `depth` says how many modules the file is below the root. Comments are not
/// looked at: a link in the docs builds nothing.
pub(super) fn paths(code: &str, depth: usize) -> Vec<String> {
    let code = without_comments(code);
    let mut found = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        if !code[..at].ends_with(is_name) {
            expand("", &code[at + word.len()..], &mut found);
        }
    }
    let up = "super::".repeat(depth);
    for (at, word) in code.match_indices(&up) {
        let rest = &code[at + word.len()..];
        if !code[..at].ends_with("super::") && !rest.starts_with("super::") {
            // A module of tests is one deeper, and its `super` the file itself.
            let tests = code[..at].contains("#[cfg(test)]");
            if !tests {
                expand("", rest, &mut found);
            }
        }
    }
    found
}

/// One tree of a `use`, or one path of an expression.
fn expand(before: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        for member in members(group) {
            expand(before, member, found);
        }
        return;
    }
    let name: String = tree.chars().take_while(|c| is_name(*c) || *c == '*').collect();
    let path = if before.is_empty() { name.clone() } else { format!("{before}::{name}") };
    match tree[name.len()..].trim_start().strip_prefix("::") {
        Some(rest) if !name.is_empty() => expand(&path, rest, found),
        _ => found.push(path),
    }
}

/// The members of a group whose opening brace has been read.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.retain(|member| !member.trim().is_empty());
    found
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn without_comments(code: &str) -> String {
    let code = code.lines().map(|line| match line.find("//") {
        // Not the `//` of a URL in a string.
        Some(at) if at == 0 || line[..at].ends_with(char::is_whitespace) => &line[..at],
        _ => line,
    });
    code.collect::<Vec<_>>().join("\n")
}

#[test]
fn groups_are_taken_apart() {
    let code = "use crate::{\n    key::ShardId, // a comment\n    cluster::{Error, merge::{Sum, \
                Count}},\n};\n/// [`X`](crate::http::X)\nfn f(x: crate::ops::Y) {}\npub(in \
                $crate::shard) use mycrate::no;";
    assert_eq!(
        paths(code, 2),
        [
            "key::ShardId",
            "cluster::Error",
            "cluster::merge::Sum",
            "cluster::merge::Count",
            "ops::Y",
            "shard"
        ]
    );
}

#[test]
fn the_way_over_super_is_seen_too() {
    assert_eq!(paths("use super::{a::B, c};", 1), ["a::B", "c"]);
    assert_eq!(paths("use super::a::B;", 2), Vec::<String>::new());
    assert_eq!(paths("use super::super::http::X;", 2), ["http::X"]);
    assert_eq!(paths("#[cfg(test)]\nmod tests { use super::*; }", 1), Vec::<String>::new());
}
