use std::{ops::RangeInclusive, time::Duration};

use figment::{
    error::Actual,
    value::{Dict, Value},
};

use super::{Problems, nearest};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// One table of the configuration while it is read.
///
/// Every getter remembers the key it was asked for, so that [`Section::close`]
/// can name the keys nobody asked for.
pub(super) struct Section<'a> {
    path: String,
    table: &'a Dict,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// A table, or a problem if the value is something else.
    pub(super) fn of(path: String, value: &'a Value, problems: &mut Problems) -> Option<Self> {
        match value.as_dict() {
            Some(table) => Some(Self { path, table, known: Vec::new() }),
            None => {
                problems.add(path, format!("expected a table, found {}", kind(value)));
                None
            }
        }
    }

    pub(super) fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether there is nothing under the key: it is missing, or an empty table.
    pub(super) fn is_empty(&self, key: &str) -> bool {
        self.table.get(key).is_none_or(|value| value.as_dict().is_some_and(Dict::is_empty))
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.table.get(key)
    }

    /// The entries of a table whose keys are names of the user's own.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.table.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(super) fn table(&mut self, key: &'static str, problems: &mut Problems) -> Option<Self> {
        let value = self.get(key)?;
        Section::of(self.path(key), value, problems)
    }

    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<&'a str> {
        let value = self.get(key)?;
        text(value, &self.path(key), problems)
    }

    /// Text together with the value it stands in, which knows its source.
    pub(super) fn value(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(&'a str, &'a Value)> {
        let value = self.get(key)?;
        Some((text(value, &self.path(key), problems)?, value))
    }

    pub(super) fn flag(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.to_bool();
        if flag.is_none() {
            let found = kind(value);
            problems.add(self.path(key), format!("expected true or false, found {found}"));
        }
        flag
    }

    pub(super) fn int(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<i64>,
        problems: &mut Problems,
    ) -> Option<i64> {
        let value = self.get(key)?;
        int(value, &self.path(key), bounds, problems)
    }

    /// A length of time such as `"2s"` or `"500ms"`: never zero, and no longer
    /// than what a clock and Postgres can add up.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<Duration> {
        let value = self.get(key)?;
        let parsed = value.as_str().and_then(|text| humantime::parse_duration(text).ok());
        match parsed {
            Some(length) if (SHORTEST..=LONGEST).contains(&length) => Some(length),
            _ => {
                problems.add(
                    self.path(key),
                    "expected a length of time with its unit, such as \"2s\" or \"500ms\", of 1 ms to \
                     a day",
                );
                None
            }
        }
    }

    /// Names every key that no getter asked for.
    pub(super) fn close(self, problems: &mut Problems) {
        for key in self.table.keys().filter(|key| !self.known.contains(&key.as_str())) {
            let hint = match nearest(key, self.known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            problems.add(self.path(key), format!("unknown key; {hint}"));
        }
    }
}

/// A whole number within bounds.
pub(super) fn int(
    value: &Value,
    path: &str,
    bounds: RangeInclusive<i64>,
    problems: &mut Problems,
) -> Option<i64> {
    let number = match value.to_actual() {
        Actual::Signed(number) => i64::try_from(number).ok(),
        Actual::Unsigned(number) => i64::try_from(number).ok(),
        _ => None,
    };
    match number {
        Some(number) if bounds.contains(&number) => Some(number),
        _ if bounds == (i64::MIN..=i64::MAX) => {
            problems.add(path, format!("expected a 64-bit whole number, found {}", kind(value)));
            None
        }
        _ => {
            let (low, high) = bounds.into_inner();
            problems.add(path, format!("expected a whole number from {low} to {high}"));
            None
        }
    }
}

/// Text.
pub(super) fn text<'a>(value: &'a Value, path: &str, problems: &mut Problems) -> Option<&'a str> {
    let text = value.as_str();
    if text.is_none() {
        problems.add(path, format!("expected text in quotes, found {}", kind(value)));
    }
    text
}

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(..) | Value::Char(..) => "text",
        Value::Bool(..) => "true or false",
        Value::Num(_, number) if number.to_f64().is_some() => "a fraction",
        Value::Num(..) => "a whole number",
        Value::Empty(..) => "nothing",
        Value::Dict(..) => "a table",
        Value::Array(..) => "an array",
    }
}
