use std::{fmt, str::FromStr};

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, Uuid as PgUuid},
    sqlite::Sqlite,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sql::Uid;
use crate::store::ShardBackend;

/// An order's id: a UUIDv7, made by the application, since a shard's own
/// sequence would collide with the others' and stand in the way of a move.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    AsExpression,
    FromSqlRow,
    ToSchema,
)]
#[diesel(sql_type = Uid)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid, example = "019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40")]
pub struct OrderId(pub Uuid);

impl OrderId {
    /// A new one. Ids made by one process ascend.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl Default for OrderId {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for OrderId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromSql<Uid, Pg> for OrderId {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<PgUuid, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<Uid, Pg> for OrderId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <Uuid as ToSql<PgUuid, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<Uid, Sqlite> for OrderId {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl ToSql<Uid, Sqlite> for OrderId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Uid, ShardBackend> for OrderId {
    fn from_sql(value: <ShardBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Uid>()
    }
}

impl ToSql<Uid, ShardBackend> for OrderId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, ShardBackend>) -> serialize::Result {
        out.set_value((Uid, self));
        Ok(IsNull::No)
    }
}
