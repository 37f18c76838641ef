//! Reads a `pins_file`: `key,shard` a line, as CSV has it (RFC 4180).
//!
//! A first line `key,shard` is a header. Blank lines, and lines that begin with
//! `#`, say nothing; a key that begins with one stands in quotes.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use csv::{ByteRecord, Position, ReaderBuilder};

use super::{PinsFile, Problems, keyspace::Shards};
use crate::key::ShardId;

/// More lines than this are not complained of one by one.
const MOST_COMPLAINTS: usize = 20;
/// How much of a text that is wrong is shown.
const SHOWN: usize = 60;

/// Reads a file of pins beside those of the configuration itself, which no line
/// may contradict.
pub(super) fn read(
    at: &str,
    path: &Path,
    inline: &[(String, ShardId)],
    shards: &Shards<'_>,
    problems: &mut Problems,
) -> Option<PinsFile> {
    let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    match fs::read(&path) {
        Ok(bytes) => {
            let mut lines = Lines::new(inline, shards);
            lines.read(&bytes);
            lines.complaints.tell(at, &path, problems);
            Some(PinsFile::new(&path, lines.used, lines.pins))
        }
        Err(error) => {
            problems.add(at, format!("can't read {}: {error}", path.display()));
            None
        }
    }
}

/// What has been read so far.
struct Lines<'a> {
    shards: &'a Shards<'a>,
    inline: HashMap<&'a str, &'a ShardId>,
    /// What a name in the file stands for: a place in `used`, or nothing.
    names: HashMap<Vec<u8>, Result<u16, String>>,
    used: Vec<ShardId>,
    pins: Vec<(Arc<str>, u16)>,
    /// Each key's line and shard.
    seen: HashMap<Arc<str>, (u64, u16)>,
    complaints: Complaints,
}

impl<'a> Lines<'a> {
    fn new(inline: &'a [(String, ShardId)], shards: &'a Shards<'a>) -> Self {
        Self {
            shards,
            inline: inline.iter().map(|(key, shard)| (key.as_str(), shard)).collect(),
            names: HashMap::new(),
            used: Vec::new(),
            pins: Vec::new(),
            seen: HashMap::new(),
            complaints: Complaints::default(),
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        // Growing step by step would hash every key several times over.
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        self.seen.reserve(lines);
        self.pins.reserve(lines);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut first = true;
        // Reading from memory, nothing can fail.
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let header = std::mem::take(&mut first) && record == vec!["key", "shard"];
            let blank = record.len() == 1 && record[0].trim_ascii().is_empty();
            if !header && !blank {
                let line = record.position().map_or(0, |from| line(bytes, from));
                if let Err(complaint) = self.take(line, &record) {
                    self.complaints.add(line, complaint);
                }
            }
        }
    }

    /// Takes one line, or says what is wrong with it.
    fn take(&mut self, line: u64, record: &ByteRecord) -> Result<(), String> {
        let [key, name] = [record.get(0), record.get(1)].map(Option::unwrap_or_default);
        if record.len() != 2 {
            return Err(format!("expected two fields, key,shard, and found {}", record.len()));
        }
        let key = std::str::from_utf8(key).map_err(|_| "the key is no UTF-8 text".to_owned())?;
        if key.is_empty() {
            return Err("the key is missing".to_owned());
        }
        let shard = self.shard(name.trim_ascii())?;
        if let Some(inline) =
            self.inline.get(key).filter(|id| ***id != self.used[usize::from(shard)])
        {
            let here = &self.used[usize::from(shard)];
            return Err(format!(
                "`{}` is pinned to {here}, and under `pins` to {inline}",
                shown(key)
            ));
        }
        match self.seen.entry(key.into()) {
            Entry::Vacant(entry) => {
                self.pins.push((Arc::clone(entry.key()), shard));
                entry.insert((line, shard));
            }
            Entry::Occupied(entry) if entry.get().1 != shard => {
                let (earlier, other) = entry.get();
                let [here, there] = [shard, *other].map(|shard| &self.used[usize::from(shard)]);
                let key = shown(key);
                return Err(format!(
                    "`{key}` is pinned to {here}, and on line {earlier} to {there}"
                ));
            }
            Entry::Occupied(_) => {}
        }
        Ok(())
    }

    /// The place of a shard among those used.
    fn shard(&mut self, name: &[u8]) -> Result<u16, String> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let text = String::from_utf8_lossy(name);
        let found = self.shards.known(&text, &shown(&text)).map(|id| {
            self.used.push(id);
            u16::try_from(self.used.len() - 1).expect("a cluster has fewer shards")
        });
        self.names.insert(name.to_vec(), found.clone());
        found
    }
}

/// The line a record begins on. Where it was read from counts the blank lines
/// and comments before it in.
fn line(bytes: &[u8], from: &Position) -> u64 {
    let (mut line, mut rest) = (from.line(), usize::try_from(from.byte()).unwrap_or(0));
    while let Some(first @ (b'\n' | b'\r' | b'#')) = bytes.get(rest).copied() {
        let skipped = match first {
            b'#' => bytes[rest..].iter().take_while(|byte| **byte != b'\n').count() + 1,
            _ => 1,
        };
        line += u64::from(first != b'\r');
        rest += skipped;
    }
    line
}

/// A text as a line of a message can hold it.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What is wrong, by line.
#[derive(Default)]
struct Complaints {
    told: Vec<(u64, String)>,
    more: usize,
}

impl Complaints {
    fn add(&mut self, line: u64, message: String) {
        if self.told.len() < MOST_COMPLAINTS {
            self.told.push((line, message));
        } else {
            self.more += 1;
        }
    }

    fn tell(self, at: &str, path: &Path, problems: &mut Problems) {
        let path = path.display();
        for (line, message) in self.told {
            problems.add(at, format!("{path}, line {line}: {message}"));
        }
        if self.more > 0 {
            problems.add(at, format!("{path}: and {} more lines like these", self.more));
        }
    }
}
