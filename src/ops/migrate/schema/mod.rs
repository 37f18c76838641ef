//! A database's live schema as a list of objects, each with its definition in
//! the database's own words.

mod object;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use diesel::{
    QueryableByName,
    sql_types::{Bool, Text},
};
pub use object::{Object, ObjectKind, Schema};
#[cfg(feature = "postgres")]
pub(super) use postgres::read as postgres;
#[cfg(feature = "sqlite")]
pub(super) use sqlite::read as sqlite;

/// An object as the catalog queries give it.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(sql_type = Bool)]
    valid: bool,
}

impl Row {
    /// The object, its definition with one space wherever `space` wants one.
    fn object(self, space: Space) -> Object {
        let kind = match self.kind.as_str() {
            "table" => ObjectKind::Table,
            "column" => ObjectKind::Column,
            "constraint" => ObjectKind::Constraint,
            "type" => ObjectKind::Type,
            "view" => ObjectKind::View,
            "trigger" => ObjectKind::Trigger,
            _ if self.valid => ObjectKind::Index,
            _ => ObjectKind::InvalidIndex,
        };
        let definition = squeezed(&self.definition, space);
        Object { kind, name: self.name, table: self.owner, definition }
    }
}

/// Whether there is to be a space between two characters, and whether there is
/// any white space between them.
type Space = fn(char, bool, char) -> bool;

/// White space is no difference but in quotes.
fn squeezed(text: &str, space: Space) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut spaced = false;
    for c in text.trim().chars() {
        if quote.is_none() && c.is_whitespace() {
            spaced = true;
            continue;
        }
        let before = out.chars().next_back().filter(|_| quote.is_none());
        if before.is_some_and(|before| space(before, spaced, c)) {
            out.push(' ');
        }
        spaced = false;
        quote = match quote {
            Some(open) if open == c => None,
            None if matches!(c, '\'' | '"' | '`') => Some(c),
            other => other,
        };
        out.push(c);
    }
    out
}
