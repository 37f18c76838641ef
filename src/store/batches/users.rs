use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    key::{ShardBy, ShardKey},
    shard::{Row, ShardConnection},
    store::{
        schema::users,
        types::{UserKey, UtcInstant, sql::Instant},
        users::User,
    },
};

impl ShardBy for User {
    const KEYSPACE: &'static str = UserKey::KEYSPACE;
    const FIELD: &'static str = UserKey::FIELD;

    fn shard_key(&self) -> ShardKey<'_> {
        UserKey::placed(self.id, self.region.as_deref())
    }
}

impl Row<ShardConnection> for User {
    type Key = UserKey;

    fn find_many(conn: &mut ShardConnection, keys: &[UserKey]) -> QueryResult<Vec<(usize, Self)>> {
        match (conn, keys) {
            (ShardConnection::Postgres(pg), [key]) => {
                super::only(users::table.find(key.id).first(pg))
            }
            (ShardConnection::Postgres(pg), keys) => super::numbered(Find::of(keys).load(pg)?),
            (ShardConnection::Sqlite(sqlite), keys) => {
                super::each(keys, |key| users::table.find(key.id).first(sqlite))
            }
        }
    }

    fn insert_many(conn: &mut ShardConnection, rows: &[Self]) -> QueryResult<()> {
        let into = diesel::insert_into(users::table);
        match (conn, rows) {
            (ShardConnection::Postgres(pg), [row]) => into.values(row).execute(pg).map(drop),
            (ShardConnection::Postgres(pg), rows) => Insert::of(rows).execute(pg).map(drop),
            (ShardConnection::Sqlite(sqlite), rows) => {
                rows.iter().try_for_each(|row| into.values(row).execute(sqlite).map(drop))
            }
        }
    }
}

/// Users by their ids.
#[derive(QueryId)]
struct Find {
    ids: Vec<i64>,
}

impl Find {
    fn of(keys: &[UserKey]) -> Self {
        Self { ids: keys.iter().map(|key| key.id).collect() }
    }
}

impl QueryFragment<Pg> for Find {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT wanted.place, found.* FROM ");
        unnest!(out, BigInt => &self.ids);
        out.push_sql(
            " WITH ORDINALITY AS wanted (id, place) CROSS JOIN LATERAL (\
             SELECT id, name, email, region, created_at FROM users WHERE id = wanted.id LIMIT 1\
             ) AS found",
        );
        Ok(())
    }
}

impl Query for Find {
    type SqlType = (BigInt, users::SqlType);
}

impl RunQueryDsl<PgConnection> for Find {}

/// Users to be stored, by column.
struct Insert<'a> {
    ids: Vec<i64>,
    names: Vec<&'a str>,
    emails: Vec<&'a str>,
    regions: Vec<Option<&'a str>>,
    moments: Vec<UtcInstant>,
}

impl<'a> Insert<'a> {
    fn of(rows: &'a [User]) -> Self {
        Self {
            ids: rows.iter().map(|user| user.id).collect(),
            names: rows.iter().map(|user| user.name.as_str()).collect(),
            emails: rows.iter().map(|user| user.email.as_str()).collect(),
            regions: rows.iter().map(|user| user.region.as_deref()).collect(),
            moments: rows.iter().map(|user| user.created_at).collect(),
        }
    }
}

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO users (id, name, email, region, created_at) SELECT rows.* FROM ");
        out.push_sql(super::BRIEF_LOCK_WAITS);
        unnest!(
            out,
            BigInt => &self.ids,
            Text => &self.names,
            Text => &self.emails,
            Nullable<Text> => &self.regions,
            Instant => &self.moments
        );
        out.push_sql(" AS rows");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Insert<'_> {}

impl QueryId for Insert<'_> {
    type QueryId = Insert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}
