use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Text},
};

use crate::{
    key::{ShardBy, ShardKey},
    shard::{Row, ShardConnection},
    store::{
        orders::Order,
        schema::orders,
        types::{
            OrderId, OrderKey, TenantId, UtcInstant,
            sql::{Instant, Uid},
        },
    },
};

impl ShardBy for Order {
    const KEYSPACE: &'static str = TenantId::KEYSPACE;
    const FIELD: &'static str = TenantId::FIELD;

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text(&self.tenant_id)
    }
}

impl Row<ShardConnection> for Order {
    type Key = OrderKey;

    fn find_many(conn: &mut ShardConnection, keys: &[OrderKey]) -> QueryResult<Vec<(usize, Self)>> {
        match (conn, keys) {
            (ShardConnection::Postgres(pg), [key]) => {
                super::only(orders::table.find((key.tenant.as_str(), key.order)).first(pg))
            }
            (ShardConnection::Postgres(pg), keys) => super::numbered(Find::of(keys).load(pg)?),
            (ShardConnection::Sqlite(sqlite), keys) => super::each(keys, |key| {
                orders::table.find((key.tenant.as_str(), key.order)).first(sqlite)
            }),
        }
    }

    fn insert_many(conn: &mut ShardConnection, rows: &[Self]) -> QueryResult<()> {
        let into = diesel::insert_into(orders::table);
        match (conn, rows) {
            (ShardConnection::Postgres(pg), [row]) => into.values(row).execute(pg).map(drop),
            (ShardConnection::Postgres(pg), rows) => Insert::of(rows).execute(pg).map(drop),
            (ShardConnection::Sqlite(sqlite), rows) => {
                rows.iter().try_for_each(|row| into.values(row).execute(sqlite).map(drop))
            }
        }
    }
}

/// Orders by their keys.
struct Find<'a> {
    tenants: Vec<&'a str>,
    orders: Vec<OrderId>,
}

impl<'a> Find<'a> {
    fn of(keys: &'a [OrderKey]) -> Self {
        Self {
            tenants: keys.iter().map(|key| key.tenant.as_str()).collect(),
            orders: keys.iter().map(|key| key.order).collect(),
        }
    }
}

impl QueryFragment<Pg> for Find<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT wanted.place, found.* FROM ");
        unnest!(out, Text => &self.tenants, Uid => &self.orders);
        // LIMIT keeps the planner from anything but one look into the index for each key,
        // also while it has no statistics and takes the table for a small one.
        out.push_sql(
            " WITH ORDINALITY AS wanted (tenant_id, order_id, place) CROSS JOIN LATERAL (\
             SELECT tenant_id, order_id, customer_id, status, total_cents, currency, created_at \
             FROM orders WHERE tenant_id = wanted.tenant_id AND order_id = wanted.order_id LIMIT 1\
             ) AS found",
        );
        Ok(())
    }
}

impl Query for Find<'_> {
    type SqlType = (BigInt, orders::SqlType);
}

impl RunQueryDsl<PgConnection> for Find<'_> {}

impl QueryId for Find<'_> {
    type QueryId = Find<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

/// Orders to be stored, by column.
struct Insert<'a> {
    tenants: Vec<&'a str>,
    orders: Vec<OrderId>,
    customers: Vec<&'a str>,
    statuses: Vec<&'a str>,
    totals: Vec<i64>,
    currencies: Vec<&'a str>,
    moments: Vec<UtcInstant>,
}

impl<'a> Insert<'a> {
    fn of(rows: &'a [Order]) -> Self {
        Self {
            tenants: rows.iter().map(|order| order.tenant_id.as_str()).collect(),
            orders: rows.iter().map(|order| order.order_id).collect(),
            customers: rows.iter().map(|order| order.customer_id.as_str()).collect(),
            statuses: rows.iter().map(|order| order.status.as_str()).collect(),
            totals: rows.iter().map(|order| order.total_cents).collect(),
            currencies: rows.iter().map(|order| order.currency.as_str()).collect(),
            moments: rows.iter().map(|order| order.created_at).collect(),
        }
    }
}

impl QueryFragment<Pg> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO orders \
             (tenant_id, order_id, customer_id, status, total_cents, currency, created_at) \
             SELECT rows.* FROM ",
        );
        out.push_sql(super::BRIEF_LOCK_WAITS);
        unnest!(
            out,
            Text => &self.tenants,
            Uid => &self.orders,
            Text => &self.customers,
            Text => &self.statuses,
            BigInt => &self.totals,
            Text => &self.currencies,
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
