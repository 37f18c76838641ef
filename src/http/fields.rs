use std::{fmt::Display, ops::RangeInclusive};

use serde_json::{Map, Number, Value};

use super::{Problem, problem::FieldError};
use crate::config::nearest;

/// The fields of a JSON object while they are read. Everything wrong is
/// collected, so that a client learns of all of it at once.
#[derive(Debug)]
pub(super) struct Fields {
    values: Map<String, Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(super) fn of(values: Map<String, Value>) -> Self {
        Self { values, known: Vec::new(), errors: Vec::new() }
    }

    /// A text field, read by a parser of its own.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(name) {
            Some(Value::String(text)) => match parse(&text) {
                Ok(value) => Some(value),
                Err(error) => self.wrong(name, error.to_string()),
            },
            Some(_) => self.wrong(name, "must be text"),
            None => self.wrong(name, "is missing"),
        }
    }

    /// As [`parsed`](Self::parsed) for a field that may be missing or null; the
    /// outer `None` says it was wrong.
    pub(super) fn optional<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.values.get(name) {
            None | Some(Value::Null) => {
                self.take(name);
                Some(None)
            }
            Some(_) => self.parsed(name, parse).map(Some),
        }
    }

    /// A whole number within bounds.
    pub(super) fn int(&mut self, name: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let (low, high) = (*bounds.start(), *bounds.end());
        match self.take(name) {
            Some(Value::Number(number)) => match number.as_i64().or_else(|| whole(&number)) {
                Some(number) if bounds.contains(&number) => Some(number),
                _ => self.wrong(name, format!("must be a whole number from {low} to {high}")),
            },
            Some(_) => self.wrong(name, format!("must be a whole number from {low} to {high}")),
            None => self.wrong(name, "is missing"),
        }
    }

    /// What the fields make, unless any of them was wrong or unknown.
    pub(super) fn finish<T>(mut self, make: impl FnOnce() -> Option<T>) -> Result<T, Problem> {
        let unknown: Vec<String> = self.values.keys().cloned().collect();
        for name in unknown {
            let hint = match nearest(&name, self.known.iter().copied()) {
                Some(known) => format!("is unknown; did you mean `{known}`?"),
                None => format!("is unknown; the fields are {}", self.known.join(", ")),
            };
            self.errors.push(FieldError { field: name, message: hint });
        }
        match make() {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(Problem::invalid(self.errors)),
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.values.remove(name)
    }

    fn wrong<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.errors.push(FieldError { field: name.to_owned(), message: message.into() });
        None
    }
}

/// A whole number written as `7.0`, which to JSON Schema is one too. Such numbers are read with
/// an error in their last places; beyond these bounds a neighbour could come out instead.
fn whole(number: &Number) -> Option<i64> {
    const EXACT: f64 = 281_474_976_710_656.0;
    let number = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < EXACT)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and far from the bounds")]
    Some(number as i64)
}

/// A parser for text of a line: not empty, not longer than this many
/// characters, without control characters (which a database may not even keep).
pub(super) fn line(most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| match text.chars().count() {
        0 => Err("must not be empty".to_owned()),
        length if length > most => {
            Err(format!("must have at most {most} characters, and has {length}"))
        }
        _ if text.chars().any(char::is_control) => {
            Err("must not hold control characters such as NUL".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}
