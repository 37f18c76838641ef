use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Text, Timestamptz},
    sqlite::Sqlite,
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::sql::Instant;
use crate::store::ShardBackend;

/// How SQLite keeps it: fixed width, so that text order is time order.
const STORED: &str = "%Y-%m-%d %H:%M:%S%.6f+00:00";

/// A moment in UTC, to the microsecond that Postgres keeps.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, ToSchema,
)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T16:20:04.120311Z")]
#[diesel(sql_type = Instant)]
pub struct UtcInstant(DateTime<Utc>);

impl UtcInstant {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        Utc::now().into()
    }

    /// The moment.
    #[must_use]
    pub fn get(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for UtcInstant {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.trunc_subsecs(6))
    }
}

impl Serialize for UtcInstant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl FromSql<Instant, Pg> for UtcInstant {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<Instant, Pg> for UtcInstant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <DateTime<Utc> as ToSql<Timestamptz, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<Instant, Sqlite> for UtcInstant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(NaiveDateTime::parse_from_str(&text, STORED)?.and_utc()))
    }
}

impl ToSql<Instant, Sqlite> for UtcInstant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.format(STORED).to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, ShardBackend> for UtcInstant {
    fn from_sql(value: <ShardBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Instant>()
    }
}

impl ToSql<Instant, ShardBackend> for UtcInstant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, ShardBackend>) -> serialize::Result {
        out.set_value((Instant, self));
        Ok(IsNull::No)
    }
}
