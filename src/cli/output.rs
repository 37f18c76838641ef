use std::{
    io::{self, ErrorKind, Write},
    ops::ControlFlow,
};

use comfy_table::{Table, presets};
use serde_json::Value;
use thiserror::Error;

/// What a command says: results on standard output, complaints on standard error.
#[derive(Debug)]
pub(super) struct Output(());

/// Arguments that can't be worked with.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

impl Output {
    pub(super) fn new() -> Self {
        Self(())
    }

    /// A line of the result. A reader that has gone away (`| head`) is no error.
    pub(super) fn say(&self, line: &str) -> io::Result<()> {
        match writeln!(io::stdout().lock(), "{line}") {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// A part of the result as it is, at once. Breaks off if the reader has gone away.
    pub(super) fn pour(&self, text: &str) -> io::Result<ControlFlow<()>> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(error),
        }
    }

    /// The result as JSON.
    pub(super) fn json(&self, value: &Value) -> io::Result<()> {
        self.say(&format!("{value:#}"))
    }

    /// The result as a table; its first row names the columns.
    pub(super) fn table(&self, rows: Vec<Vec<String>>) -> io::Result<()> {
        let mut rows = rows.into_iter();
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(rows.next().unwrap_or_default());
        table.add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for line in table.lines() {
            self.say(line.trim_end())?;
        }
        Ok(())
    }

    /// What went wrong. If even that can't be said, the exit code still does.
    pub(super) fn complain(&self, message: &str) {
        let _ = writeln!(io::stderr().lock(), "shardwright: {message}");
    }
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let step = (bytes.ilog2() / 10).min(4);
    let unit = UNITS[step as usize - 1];
    // Rounding for the eye: no size of a database is told apart by the 53rd bit.
    let count = bytes as f64 / (1_u64 << (10 * step)) as f64;
    format!("{count:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (12_288, "12.0 KiB"),
            (7_900_000, "7.5 MiB"),
            (1 << 30, "1.0 GiB"),
            (u64::MAX, "16777216.0 TiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
