use std::{fmt, marker::PhantomData};

use diesel::QueryResult;
use rocket::{
    Ignite, Request, Rocket, Sentinel,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};
use tracing::error;

use super::{Problem, Way, WriteFailed};
use crate::{
    cluster::{Error, Gathered, ShardedDb},
    key::{ShardBy, ShardId},
    shard::{Connect, Row, ShardConnection},
};

/// The request guard that leads to the shards of one keyspace: that of the key type `K`.
///
/// All calls of one request share one deadline, whatever guards it has; the shard of
/// its first keyed call stands in the response's `X-Shard`. As a sentinel it refuses the
/// launch if [`ShardedDb::fairing`] is not attached for its type of connection, or if
/// `K`'s keyspace is in nobody's configuration. A handler for two keyspaces has two guards;
/// a key of another keyspace does not compile.
///
/// # Examples
/// ```
/// use diesel::{SqliteConnection, prelude::*};
/// use rocket::{get, serde::json::Json};
/// use shardwright::key::{ShardBy, ShardKey};
/// use shardwright::web::{Problem, Shards};
///
/// diesel::table! { notes (author) { author -> Text, words -> Text, } }
///
/// struct Author(String);
/// impl ShardBy for Author {
///     const KEYSPACE: &'static str = "notes";
///     fn shard_key(&self) -> ShardKey<'_> {
///         ShardKey::text(&self.0)
///     }
/// }
///
/// #[get("/notes/<author>")]
/// async fn list(
///     author: String,
///     shards: Shards<'_, Author, SqliteConnection>,
/// ) -> Result<Json<Vec<String>>, Problem> {
///     let key = Author(author.clone());
///     let mine = notes::table.filter(notes::author.eq(author)).select(notes::words);
///     Ok(Json(shards.read(&key, move |conn| mine.load(conn)).await?))
/// }
/// ```
///
/// A key of another keyspace in a handler that is mounted:
/// ```compile_fail,E0080
/// # use diesel::SqliteConnection;
/// # use shardwright::key::{ShardBy, ShardKey};
/// # use shardwright::web::{Problem, Shards};
/// # struct Author(String);
/// # impl ShardBy for Author {
/// #     const KEYSPACE: &'static str = "notes";
/// #     fn shard_key(&self) -> ShardKey<'_> { ShardKey::text(&self.0) }
/// # }
/// # struct Reader(i64);
/// # impl ShardBy for Reader {
/// #     const KEYSPACE: &'static str = "readers";
/// #     fn shard_key(&self) -> ShardKey<'_> { ShardKey::int(self.0) }
/// # }
/// #[rocket::get("/")]
/// async fn mixed_up(notes: Shards<'_, Author, SqliteConnection>) -> Result<(), Problem> {
///     notes.read(&Reader(7), |_| Ok(())).await?;
///     Ok(())
/// }
/// # fn main() {
/// let rocket = rocket::build().mount("/", rocket::routes![mixed_up]);
/// # drop(rocket);
/// # }
/// ```
pub struct Shards<'r, K: ShardBy, C: Connect = ShardConnection> {
    way: Way<'r, C>,
    keyspace: PhantomData<fn() -> K>,
}

impl<K: ShardBy, C: Connect> Shards<'_, K, C> {
    /// Runs the closure on the key's shard, outside a transaction.
    ///
    /// # Errors
    /// As [`ShardedDb::read`].
    pub async fn read<Q: ShardBy, T: Send + 'static>(
        &self,
        key: &Q,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        const { assert!(is_same(Q::KEYSPACE, K::KEYSPACE), "a key of another keyspace") };
        self.way.read(key, f).await
    }

    /// Runs the closure on the key's shard in one transaction.
    ///
    /// # Errors
    /// As [`ShardedDb::write`].
    pub async fn write<Q: ShardBy, T: Send + 'static>(
        &self,
        key: &Q,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, WriteFailed> {
        const { assert!(is_same(Q::KEYSPACE, K::KEYSPACE), "a key of another keyspace") };
        self.way.write(key, f).await
    }

    /// The row of that key, found together with what other requests look for.
    ///
    /// # Errors
    /// As [`ShardedDb::find`].
    pub async fn find<R: Row<C>>(&self, key: R::Key) -> Result<Option<R>, Error> {
        const { assert!(is_same(R::Key::KEYSPACE, K::KEYSPACE), "a row of another keyspace") };
        self.way.find(key).await
    }

    /// Stores a row, together with what other requests store.
    ///
    /// # Errors
    /// As [`ShardedDb::insert`].
    pub async fn insert<R: Row<C>>(&self, row: R) -> Result<(), WriteFailed> {
        const { assert!(is_same(R::KEYSPACE, K::KEYSPACE), "a row of another keyspace") };
        self.way.insert(row).await
    }

    /// Runs the closure on every shard of the keyspace, as [`ShardedDb::scatter`].
    pub async fn scatter<T: Send + 'static>(
        &self,
        f: impl Fn(&mut C) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        self.way.scatter::<K, T>(f).await
    }

    /// Says which shard's row the answer is, for `X-Shard`; the first one counts. For
    /// handlers that find their row by a scatter: keyed calls say so by themselves.
    pub fn served_by(&self, shard: &ShardId) {
        self.way.served_by(shard);
    }

    /// The cluster within the request's deadline.
    #[must_use]
    pub fn db(&self) -> &ShardedDb<C> {
        &self.way.db
    }
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut same = one.len() == other.len();
    let mut i = 0;
    while same && i < one.len() {
        same = one[i] == other[i];
        i += 1;
    }
    same
}

#[rocket::async_trait]
impl<'r, K: ShardBy, C: Connect> FromRequest<'r> for Shards<'r, K, C> {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Problem> {
        match Way::of(request) {
            Some(way) => Outcome::Success(Self { way, keyspace: PhantomData }),
            // Routes that are not made by Rocket's macros have no sentinels.
            None => {
                let problem = Problem::internal(unattached::<C>());
                Outcome::Error((Status::InternalServerError, problem))
            }
        }
    }
}

impl<K: ShardBy, C: Connect> Sentinel for Shards<'_, K, C> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        match rocket.state::<ShardedDb<C>>().map(|db| db.keyspace(K::KEYSPACE)) {
            Some(Ok(_)) => false,
            Some(Err(error)) => {
                error!("a handler asks for shards that there are none of: {error}");
                true
            }
            None => {
                error!("{}", unattached::<C>());
                true
            }
        }
    }
}

fn unattached<C>() -> String {
    let name = std::any::type_name::<C>();
    let connection = name.rsplit("::").next().unwrap_or(name);
    format!(
        "a handler asks for shards, and there are none of {connection}: attach \
         ShardedDb::<{connection}>::fairing()"
    )
}

impl<K: ShardBy, C: Connect> fmt::Debug for Shards<'_, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shards").field("keyspace", &K::KEYSPACE).finish_non_exhaustive()
    }
}
