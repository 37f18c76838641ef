//! A database's live schema as a list of objects, each with its definition in
//! the database's own words.

mod postgres;
mod sqlite;

use std::fmt;

use diesel::{
    QueryableByName,
    sql_types::{Bool, Text},
};
pub(super) use postgres::read as postgres;
pub(super) use sqlite::read as sqlite;

/// A live schema. Equal for two databases with the same tables, columns,
/// constraints, indexes, views and triggers, whatever the order they came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema(Vec<Object>);

/// One object of a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name; a column's or constraint's with its table's before it.
    pub name: String,
    /// The table it belongs to, or is.
    pub table: String,
    /// Its definition.
    pub definition: String,
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column.
    Column,
    /// A key, a check, a foreign key.
    Constraint,
    /// An index.
    Index,
    /// An index that was never finished.
    InvalidIndex,
    /// A view.
    View,
    /// A trigger.
    Trigger,
}

impl Schema {
    /// Takes objects in any order.
    fn of(mut objects: Vec<Object>) -> Self {
        objects.sort();
        Self(objects)
    }

    /// The objects, by kind and name.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.0.iter()
    }

    /// The objects that are of use, and so without the invalid indexes.
    pub(super) fn sound(&self) -> impl Iterator<Item = &Object> {
        self.objects().filter(|object| object.kind != ObjectKind::InvalidIndex)
    }

    /// The object of the same kind and name. An index is one, valid or not.
    pub(super) fn find(&self, object: &Object) -> Option<&Object> {
        let kind = |object: &Object| match object.kind {
            ObjectKind::InvalidIndex => ObjectKind::Index,
            kind => kind,
        };
        self.0.iter().find(|other| kind(other) == kind(object) && other.name == object.name)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ObjectKind::Table => "table",
            ObjectKind::Column => "column",
            ObjectKind::Constraint => "constraint",
            ObjectKind::Index | ObjectKind::InvalidIndex => "index",
            ObjectKind::View => "view",
            ObjectKind::Trigger => "trigger",
        };
        write!(f, "{kind} {}", self.name)
    }
}

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
