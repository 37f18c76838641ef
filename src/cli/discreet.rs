use tracing::{Level, Metadata};

/// Whether a line may be logged at all, whatever `RUST_LOG` says. To those who debug
/// it, Rocket prints every request with its headers and every form with its fields,
/// and so tokens.
pub(super) fn is_discreet(line: &Metadata<'_>) -> bool {
    // `_` is what Rocket calls the lines it sets in.
    let is_rockets = line.target().starts_with("rocket") || line.target() == "_";
    !is_rockets || *line.level() <= Level::INFO
}
