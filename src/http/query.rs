use std::{fmt::Display, ops::RangeInclusive};

use rocket::{
    Request,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{Problem, problem::FieldError};
use crate::config::nearest;

/// The parameters behind a `?` while they are read. Rocket would take a value
/// it can't parse for one that is not there; here it is an error.
#[derive(Debug)]
pub(super) struct Query {
    values: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Query {
    /// A parameter, read by a parser of its own; `None` if it is not there.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.known.push(name);
        let (mut found, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.values).into_iter().partition(|(known, _)| known == name);
        self.values = rest;
        let (_, value) = found.pop()?;
        if !found.is_empty() {
            return self.wrong(name, "must be given once".to_owned());
        }
        match parse(&value) {
            Ok(value) => Some(value),
            Err(error) => self.wrong(name, error.to_string()),
        }
    }

    /// A whole number within bounds.
    pub(super) fn int(&mut self, name: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let (low, high) = (*bounds.start(), *bounds.end());
        self.parsed(name, |text| match text.parse() {
            // A number has no `+`.
            Ok(number) if !text.starts_with('+') && bounds.contains(&number) => Ok(number),
            _ if high == i64::MAX => Err(format!("must be a whole number of at least {low}")),
            _ => Err(format!("must be a whole number from {low} to {high}")),
        })
    }

    /// `true` or `false`; false if it is not there, true if it stands alone.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        let parse = |text: &str| match text {
            "" | "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false"),
        };
        self.parsed(name, parse).unwrap_or(false)
    }

    fn wrong<T>(&mut self, name: &str, message: String) -> Option<T> {
        self.errors.push(FieldError { field: name.to_owned(), message });
        None
    }

    /// Nothing, unless any parameter was wrong or unknown.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.values) {
            let hint = match nearest(&name, self.known.iter().copied()) {
                Some(known) => format!("is unknown; did you mean `{known}`?"),
                None if self.known.is_empty() => "is unknown; there are no parameters".to_owned(),
                None => format!("is unknown; the parameters are {}", self.known.join(", ")),
            };
            self.wrong::<()>(&name, hint);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let mut query = Self { values: Vec::new(), known: Vec::new(), errors: Vec::new() };
        let given = request.uri().query().into_iter().flat_map(|query| query.raw_segments());
        for pair in given.map(|pair| pair.as_str()).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decoded(name), decoded(value)) {
                (Some(name), Some(value)) => query.values.push((name, value)),
                _ => {
                    query.wrong::<()>(name, "must be text in UTF-8".to_owned());
                }
            }
        }
        Outcome::Success(query)
    }
}

/// Form decoding, of which `+` for a space is a part; `None` for bytes that are
/// no text.
fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
    decoded.ok().map(std::borrow::Cow::into_owned)
}
