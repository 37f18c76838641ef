/// How alike two names must be for one to be offered as what was meant.
const ALIKE: f64 = 0.5;

/// The known name most like the given one, if any is like it at all.
///
/// # Examples
/// ```
/// use shardwright::config::nearest;
///
/// assert_eq!(nearest("max_sise", ["max_size", "min_idle"]), Some("max_size"));
/// assert_eq!(nearest("colour", ["max_size", "min_idle"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
