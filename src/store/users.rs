//! Users: placed by id, or by region.

use diesel::prelude::*;
use serde::Serialize;

use super::{schema::users, types::UtcInstant};
use crate::shard::ShardConnection;

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct User {
    /// The id, unique on its shard.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The region, if the user has one.
    pub region: Option<String>,
    /// When the user was added.
    pub created_at: UtcInstant,
}

/// Stores a new user.
///
/// # Errors
/// A unique violation if the id is another user's on this shard.
pub fn insert(conn: &mut ShardConnection, user: &User) -> QueryResult<()> {
    let insert = diesel::insert_into(users::table).values(user);
    typed!(conn, conn => insert.execute(conn).map(drop))
}

/// The user of that id.
///
/// # Errors
/// Diesel's.
pub fn find(conn: &mut ShardConnection, id: i64) -> QueryResult<Option<User>> {
    typed!(conn, conn => users::table.find(id).first(conn).optional())
}

/// Users in order of id, from this one on.
///
/// # Errors
/// Diesel's.
pub fn page(conn: &mut ShardConnection, first: i64, limit: i64) -> QueryResult<Vec<User>> {
    let page = users::table.filter(users::id.ge(first)).order(users::id).limit(limit);
    typed!(conn, conn => page.load(conn))
}
