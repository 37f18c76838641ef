//! `/users`: one by id, or all of them merged over the shards.

use rocket::{Route, get, http::Header, post, routes, serde::json::Json};

use super::{
    Door, Problem,
    body::Body,
    cursor::UserCursor,
    door::complete,
    fields::line,
    link::{Page, escaped},
    openapi::{
        AnyShard, BodyRefused, Conflict, EveryShard, Invalid, Limit, Link, MissingShards,
        NewUserBody, NotFound, OneShard, Partial, Region, ShardName, UserAddress, UsersFrom,
    },
    params,
    query::Query,
    view::Created,
};
use crate::{
    cluster::{Error, merge_pages},
    key::ShardId,
    routing::RouteError,
    store::{
        types::{UserKey, UtcInstant},
        users::{self, User},
    },
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(create, list, show))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![create, list, show]
}

/// Add a user
///
/// Under an id of the caller's, on the shard that the id or the region leads to.
#[post("/users", data = "<body>")]
#[utoipa::path(
    post, path = "/users", tag = "users", operation_id = "addUser",
    request_body = NewUserBody,
    responses(
        (status = 201, description = "The user is added", body = User, headers(
            ("Location" = inline(UserAddress)),
            ("X-Shard" = inline(ShardName)),
        )),
        Conflict, BodyRefused, OneShard,
    ),
)]
async fn create(
    door: Door<'_>,
    query: Query,
    body: Result<Body, Problem>,
) -> Result<Created<User>, Problem> {
    query.finish()?;
    let user = parse(body?)?;
    let key = UserKey { id: user.id, region: user.region.clone() };
    let body = user.clone();
    match door.insert(user).await {
        Ok(()) => Ok(Created { location: location(&key), body }),
        Err(failed) if failed.is_unique_violation() => {
            Err(Problem::conflict(format!("the id {} is taken", key.id)))
        }
        Err(failed) => Err(failed.into()),
    }
}

fn parse(body: Body) -> Result<User, Problem> {
    let mut fields = body.fields();
    let id = fields.int("id", i64::MIN..=i64::MAX);
    let name = fields.parsed("name", line(255));
    let email = fields.parsed("email", email);
    let region = fields.optional("region", line(63));
    fields.finish(|| {
        let created_at = UtcInstant::now();
        Some(User { id: id?, name: name?, email: email?, region: region?, created_at })
    })
}

/// Something before an `@`, something after it. Whether mail arrives there
/// nobody can tell but the mail.
fn email(text: &str) -> Result<String, String> {
    let text = line(254)(text)?;
    match text.rsplit_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !text.contains(' ') => {
            Ok(text)
        }
        _ => Err("must be a mail address, such as ada@example.org".to_owned()),
    }
}

fn location(key: &UserKey) -> String {
    let region = key.region.iter().map(|region| format!("?region={}", escaped(region)));
    format!("/users/{}{}", key.id, region.collect::<String>())
}

/// Show a user
///
/// Where users are placed by region and none is given, every shard is asked, and a user is not
/// found only if all have answered.
#[get("/users/<id>")]
#[utoipa::path(
    get, path = "/users/{id}", tag = "users", operation_id = "showUser",
    params(
        ("id" = i64, Path, minimum = -9_223_372_036_854_775_808_i64,
            maximum = 9_223_372_036_854_775_807_i64, example = 7),
        Region,
    ),
    responses(
        (status = 200, description = "The user", body = User,
            headers(("X-Shard" = inline(ShardName)))),
        NotFound, Invalid, AnyShard,
    ),
)]
async fn show(
    door: Door<'_>,
    id: Result<params::User, Problem>,
    mut query: Query,
) -> Result<Json<User>, Problem> {
    let region = query.parsed("region", line(63));
    query.finish()?;
    let id = id?.0;
    let key = UserKey { id, region };
    let found = match door.db().locate(&key) {
        Err(Error::Route { source: RouteError::RegionRequired, .. }) => anywhere(&door, id).await?,
        _ => door.find::<User>(key).await?,
    };
    found.map(Json).ok_or_else(|| Problem::not_found(format!("there is no user {id}")))
}

/// The user on whichever shard has it. That none has it is known only once all
/// have answered.
async fn anywhere(door: &Door<'_>, id: i64) -> Result<Option<User>, Problem> {
    let gathered = door.scatter::<UserKey, _>(move |conn| users::find(conn, id)).await;
    let (answered, missing) = gathered.partial()?;
    let count = answered.len();
    if let Some((shard, user)) = answered.into_iter().find_map(|(s, user)| Some((s, user?))) {
        door.served_by(&shard);
        return Ok(Some(user));
    }
    if missing.is_empty() {
        return Ok(None);
    }
    Err(Error::from(crate::cluster::Incomplete { missing, answered: count }).into())
}

/// List users
///
/// In order of id, over all shards.
#[get("/users")]
#[utoipa::path(
    get, path = "/users", tag = "users", operation_id = "listUsers",
    params(Limit, UsersFrom, Partial),
    responses(
        (status = 200, description = "A page of them, which may be empty", body = [User], headers(
            ("Link" = inline(Link)),
            ("X-Missing-Shards" = inline(MissingShards)),
        )),
        Invalid, EveryShard,
    ),
)]
async fn list(door: Door<'_>, mut query: Query) -> Result<Page<Json<Vec<User>>>, Problem> {
    let limit = query.int("limit", 1..=100).unwrap_or(20);
    let after = query.parsed("after", str::parse::<UserCursor>);
    let partial = query.flag("partial");
    query.finish()?;
    let first = after.as_ref().map_or(i64::MIN, |cursor| cursor.id);
    // One more to tell whether there is a next page, and one for the cursor's own row.
    let gathered =
        door.scatter::<UserKey, _>(move |conn| users::page(conn, first, limit + 2)).await;
    let (answered, missing) =
        if partial { gathered.partial()? } else { (complete(gathered)?, Vec::new()) };
    let (shards, pages): (Vec<ShardId>, Vec<Vec<User>>) = answered.into_iter().unzip();
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let fresh = |(shard, page): (&ShardId, Vec<User>)| {
        page.into_iter().filter(|user| is_after(after.as_ref(), user.id, shard)).collect()
    };
    let pages: Vec<Vec<User>> = shards.iter().zip(pages).map(fresh).collect();
    let mut merged = merge_pages(pages, |user| user.id, wanted + 1);
    let beyond = if merged.len() > wanted { merged.pop() } else { None };
    let next = beyond.zip(merged.last()).map(|((_, beyond), (page, last))| {
        let tied = (beyond.id == last.id).then(|| shards[*page].clone());
        let cursor = UserCursor { id: last.id, shard: tied };
        let partial = if partial { "&partial=true" } else { "" };
        format!("/users?limit={limit}&after={}{partial}", escaped(&cursor.to_string()))
    });
    let absent: Vec<_> = missing.iter().map(|m| m.shard.as_str()).collect();
    let headers = if absent.is_empty() {
        Vec::new()
    } else {
        vec![Header::new("X-Missing-Shards", absent.join(", "))]
    };
    Ok(Page { items: Json(merged.into_iter().map(|(_, user)| user).collect()), next, headers })
}

/// Pages are in order of id and then of shard.
fn is_after(cursor: Option<&UserCursor>, id: i64, shard: &ShardId) -> bool {
    cursor.is_none_or(|cursor| match &cursor.shard {
        Some(last) => (id, shard.as_str()) > (cursor.id, last.as_str()),
        None => id > cursor.id,
    })
}
