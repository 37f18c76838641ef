//! A file is one idea.

use super::tree::Source;

const LONGEST: usize = 400;
/// A `mod.rs` is docs, `mod`s, re-exports and the floor's trait.
const LONGEST_INDEX: usize = 120;

pub(super) fn too_long(file: &Source) -> Vec<String> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let most = if ["mod.rs", "lib.rs"].contains(&name) { LONGEST_INDEX } else { LONGEST };
    let lines = file.text.lines().count();
    let complaint = || format!("{lines} lines are more than {most}; a file is one idea");
    (lines > most).then(complaint).into_iter().collect()
}

#[test]
fn long_files_are_seen() {
    let found = |path, lines: usize| too_long(&Source::sample(path, &"x\n".repeat(lines))).len();
    assert_eq!(found("src/key/range.rs", 400), 0);
    assert_eq!(found("src/key/range.rs", 401), 1);
    assert_eq!(found("src/key/mod.rs", 120), 0);
    assert_eq!(found("src/key/mod.rs", 121), 1);
    assert_eq!(found("src/lib.rs", 121), 1);
}
