use std::io::{self, BufRead, BufReader, Read};

/// The most lines that are answered at a time.
const MOST: usize = 1_000;

/// The keys of an input, one a line.
pub(super) struct Lines<R>(BufReader<R>);

/// A key, with its region after a tab if it has one of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line(String);

impl<R: Read> Lines<R> {
    pub(super) fn new(input: BufReader<R>) -> Self {
        Self(input)
    }

    /// The lines that are there, a thousand at the most, without blank ones. None
    /// is the end. Waits for a line, but for no second one, so that a slow
    /// sender's keys are answered as they come.
    pub(super) fn batch(&mut self) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut bytes = Vec::new();
        while lines.len() < MOST && (lines.is_empty() || !self.0.buffer().is_empty()) {
            bytes.clear();
            if self.0.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            // What is no text becomes a key that no keyspace takes.
            let text = String::from_utf8_lossy(&bytes);
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            if !text.trim().is_empty() {
                lines.push(Line(text.to_owned()));
            }
        }
        Ok(lines)
    }
}

impl Line {
    pub(super) fn key(&self) -> &str {
        self.0.split_once('\t').map_or(&self.0, |(key, _)| key)
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.0.split_once('\t').map(|(_, region)| region).filter(|region| !region.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(input: &[u8], buffer: usize) -> Vec<Vec<Line>> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, input));
        let batch = || Some(lines.batch().expect("memory can be read")).filter(|b| !b.is_empty());
        std::iter::from_fn(batch).collect()
    }

    #[test]
    fn lines_are_keys_with_or_without_a_region() {
        let input = b"7\r\n\n  \n8\teu\n9\t\r\n a b \nend".as_slice();
        let found = batches(input, 1 << 10);
        let found: Vec<_> =
            found.iter().flatten().map(|line| (line.key(), line.region())).collect();
        let expected =
            [("7", None), ("8", Some("eu")), ("9", None), (" a b ", None), ("end", None)];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_text_is_a_line_too() {
        assert_eq!(batches(b"a\xffb\n", 9), [[Line("a\u{fffd}b".to_owned())]]);
    }

    /// A line longer than the buffer, and more lines than a batch holds.
    #[test]
    fn batches_are_bounded_and_lose_nothing() {
        let input: String = (0..2_500).map(|i| format!("tenant-{i}\n")).collect();
        for buffer in [1, 16, 4_096, 1 << 20] {
            let found = batches(input.as_bytes(), buffer);
            assert!(found.iter().all(|batch| batch.len() <= MOST), "{buffer}");
            let keys: Vec<_> = found.iter().flatten().map(Line::key).collect();
            assert_eq!(keys, input.lines().collect::<Vec<_>>(), "{buffer}");
        }
        assert_eq!(batches(input.as_bytes(), 1 << 20).len(), 3);
    }

    #[test]
    fn an_empty_input_is_the_end() {
        assert_eq!(batches(b"", 16), Vec::<Vec<Line>>::new());
        assert_eq!(batches(b"\n\r\n \n", 2), Vec::<Vec<Line>>::new());
    }
}
