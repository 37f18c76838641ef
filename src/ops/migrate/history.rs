use chrono::NaiveDateTime;
use diesel::{
    QueryResult,
    prelude::*,
    result::{DatabaseErrorKind, Error},
};

/// A migration that a shard has behind it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Applied {
    /// Its version, as Diesel stores it.
    pub version: String,
    /// When it was applied, in UTC.
    pub run_on: NaiveDateTime,
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

/// The same query for each connection type: spelled once, compiled for each.
macro_rules! read {
    ($conn:expr) => {{
        use diesel::prelude::*;
        use $crate::ops::migrate::history::{__diesel_schema_migrations, or_none};
        let in_order = __diesel_schema_migrations::table.order(__diesel_schema_migrations::version);
        or_none(in_order.load($conn))
    }};
}

pub(super) use read;

/// A database without Diesel's table has no migrations behind it.
pub(super) fn or_none(history: QueryResult<Vec<Applied>>) -> QueryResult<Vec<Applied>> {
    match history {
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, info))
            if ["does not exist", "no such table"].iter().any(|s| info.message().contains(s)) =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}
