use std::fmt;

/// A live schema. Equal for two databases with the same tables, columns,
/// constraints, indexes, views and triggers, whatever the order they came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema(Vec<Object>);

/// The tables that `ops::identity` makes.
const RECORDS: [&str; 2] = ["shardwright_shard", "shardwright_placement"];

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
    /// An enumeration or a domain.
    Type,
    /// A view.
    View,
    /// A trigger.
    Trigger,
}

impl Schema {
    /// Takes objects in any order. Where a database keeps who it is says nothing of
    /// the application's schema, and is there only once it was told.
    pub(super) fn of(mut objects: Vec<Object>) -> Self {
        objects.retain(|object| !RECORDS.contains(&object.table.as_str()));
        objects.sort();
        Self(objects)
    }

    /// The objects, by kind and name.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.0.iter()
    }

    /// The objects that are of use, and so without the invalid indexes.
    pub(in super::super) fn sound(&self) -> impl Iterator<Item = &Object> {
        self.objects().filter(|object| object.kind != ObjectKind::InvalidIndex)
    }

    /// The object of the same kind and name. An index is one, valid or not.
    pub(in super::super) fn find(&self, object: &Object) -> Option<&Object> {
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
            ObjectKind::Type => "type",
            ObjectKind::View => "view",
            ObjectKind::Trigger => "trigger",
        };
        write!(f, "{kind} {}", self.name)
    }
}
