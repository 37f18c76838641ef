//! How many cases a property is tried on.

use proptest::test_runner::Config;

/// `few` cases, or as many as `SHARDWRIGHT_CASES` says. No files are written:
/// a failure prints its smallest input, which belongs in a test of its own.
pub(crate) fn cases(few: u32) -> Config {
    let cases = std::env::var("SHARDWRIGHT_CASES").ok();
    let cases = cases.map_or(few, |n| n.parse().expect("SHARDWRIGHT_CASES is a number of cases"));
    Config { cases, failure_persistence: None, ..Config::default() }
}
