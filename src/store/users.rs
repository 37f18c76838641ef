//! Users: placed by id, or by region.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::{schema::users, types::UtcInstant};
use crate::shard::ShardConnection;

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Insertable, ToSchema)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
#[schema(example = json!({
    "id": 7, "name": "Ada", "email": "ada@example.org", "region": "eu",
    "created_at": "2026-11-21T16:20:04.120311Z",
}))]
pub struct User {
    /// The id, unique on its shard.
    #[schema(example = 7)]
    pub id: i64,
    /// The name.
    #[schema(min_length = 1, max_length = 255, example = "Ada")]
    pub name: String,
    /// The mail address.
    #[schema(min_length = 3, max_length = 254, example = "ada@example.org")]
    pub email: String,
    /// The region, if the user has one.
    #[schema(required = true, min_length = 1, max_length = 63, example = "eu")]
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
