use std::fmt::Write;

use super::Answer;

/// The columns of the table.
pub(super) const COLUMNS: [&str; 4] = ["KEY", "SHARD", "STRATEGY", "WHY"];

/// Answers that become text a batch at a time.
pub(super) enum Report {
    /// A column is as wide as its widest cell so far.
    Table { widths: [usize; 3], begun: bool },
    /// One array, one element a line.
    Json { begun: bool },
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        match json {
            true => Self::Json { begun: false },
            false => Self::Table { widths: [0; 3], begun: false },
        }
    }

    /// The text of some more answers.
    pub(super) fn more(&mut self, answers: &[Answer<'_>]) -> String {
        let mut text = String::new();
        match self {
            Self::Table { widths, begun } => {
                let header = (!std::mem::replace(begun, true)).then(|| COLUMNS.map(str::to_owned));
                let rows: Vec<_> =
                    header.into_iter().chain(answers.iter().map(Answer::row)).collect();
                for (i, width) in widths.iter_mut().enumerate() {
                    let widest = rows.iter().map(|row| row[i].chars().count()).max();
                    *width = widest.unwrap_or(0).max(*width);
                }
                let [a, b, c] = *widths;
                for [key, shard, strategy, why] in rows {
                    // Writing to a string does not fail.
                    let _ = writeln!(text, "{key:a$}  {shard:b$}  {strategy:c$}  {why}");
                }
            }
            Self::Json { begun } => {
                for answer in answers {
                    text.push_str(if std::mem::replace(begun, true) { ",\n" } else { "[\n" });
                    let _ = write!(text, "  {}", answer.to_json());
                }
            }
        }
        text
    }

    /// What comes after the last.
    pub(super) fn end(&self) -> String {
        match self {
            Self::Table { .. } => "",
            Self::Json { begun: true } => "\n]\n",
            Self::Json { begun: false } => "[]\n",
        }
        .to_owned()
    }
}
