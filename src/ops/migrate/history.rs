use chrono::NaiveDateTime;
use diesel::prelude::*;

/// A migration that a shard has behind it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Applied {
    /// Its version, as Diesel stores it.
    pub version: String,
    /// When it was applied, in UTC.
    pub run_on: NaiveDateTime,
}

/// The same query for both connection types.
macro_rules! in_order {
    () => {
        __diesel_schema_migrations::table.order(__diesel_schema_migrations::version)
    };
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

/// A database without Diesel's table has no migrations behind it. Asked for by
/// name: what the server says of a missing table depends on its language.
#[cfg(feature = "postgres")]
pub(super) fn postgres(conn: &mut PgConnection) -> QueryResult<Vec<Applied>> {
    let there = diesel::dsl::sql::<diesel::sql_types::Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    );
    match diesel::select(there).get_result(conn)? {
        true => in_order!().load(conn),
        false => Ok(Vec::new()),
    }
}

#[cfg(feature = "sqlite")]
pub(super) fn sqlite(conn: &mut SqliteConnection) -> QueryResult<Vec<Applied>> {
    use diesel::result::{DatabaseErrorKind, Error};

    match in_order!().load(conn) {
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, info))
            if info.message().contains("no such table") =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}
