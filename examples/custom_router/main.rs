//! A rule of one's own in a Rocket application: jump consistent hash, which needs no memory and
//! moves as few keys as can be when a shard is added at the end of the list.
//!
//! ```sh
//! ROCKET_CONFIG=examples/custom_router/Rocket.toml cargo run --example custom_router
//! curl -i -X PUT localhost:8000/customers/7 -d Ada
//! curl -i localhost:8000/customers/7
//! curl localhost:8000/spread
//! ```

use std::collections::BTreeMap;

use diesel::{SqliteConnection, prelude::*};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use rocket::{get, launch, put, routes, serde::json::Json};
use shardwright::cluster::ShardedDb;
use shardwright::key::{KeyId, ShardBy, ShardId, ShardIndex, ShardKey};
use shardwright::ops::tables::Table;
use shardwright::routing::{Fingerprint, RouteError, Router, contract};
use shardwright::web::{Problem, Shards, catchers};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("examples/custom_router/migrations");

mod schema {
    diesel::table! { customers (id) { id -> BigInt, name -> Text, } }
}
use schema::customers;

struct CustomerId(i64);

impl ShardBy for CustomerId {
    const KEYSPACE: &'static str = "customers";
    const FIELD: &'static str = "id";
    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(self.0)
    }
}

/// Lamping and Veach, *A fast, minimal memory, consistent hash algorithm* (2014).
#[derive(Debug)]
struct Jump(Vec<ShardIndex>);

impl Jump {
    /// Over all the shards. It is held against the contract here, so that a rule that breaks it
    /// stops the launch rather than losing rows.
    fn over(shards: &[ShardId]) -> Result<Self, contract::Violation> {
        let places = 0..u16::try_from(shards.len()).unwrap_or(u16::MAX);
        let jump = Self(places.map(ShardIndex::new).collect());
        let keys = (-500..500).chain([i64::MIN, i64::MAX]).map(ShardKey::int);
        contract::check(&jump, keys)?;
        Ok(jump)
    }

    fn place(&self, id: i64) -> usize {
        let (mut state, mut place, mut next) = (id.cast_unsigned(), 0, 0);
        while next < self.0.len() {
            place = next;
            state = state.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
            let drawn = ((state >> 33) + 1) as f64;
            next = ((place + 1) as f64 * ((1_u64 << 31) as f64 / drawn)) as usize;
        }
        place
    }
}

impl Router for Jump {
    fn strategy(&self) -> &'static str {
        "jump"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        match key.id() {
            KeyId::Int(id) => Ok(self.0[self.place(id)]),
            KeyId::Text(_) => Err(RouteError::wrong_key("jump", "a whole number", key)),
        }
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.0
    }

    /// All that placement depends on: another number of shards is another rule.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("jump").field(&self.0.len().to_be_bytes()).finish()
    }
}

type Customers<'r> = Shards<'r, CustomerId, SqliteConnection>;

#[put("/customers/<id>", data = "<name>")]
async fn put(shards: Customers<'_>, id: i64, name: String) -> Result<(), Problem> {
    let row = (customers::id.eq(id), customers::name.eq(name));
    let put = diesel::replace_into(customers::table).values(row);
    shards.write(&CustomerId(id), move |conn| put.execute(conn)).await?;
    Ok(())
}

#[get("/customers/<id>")]
async fn show(shards: Customers<'_>, id: i64) -> Result<String, Problem> {
    let query = customers::table.find(id).select(customers::name);
    let name = shards.read(&CustomerId(id), move |conn| query.first(conn).optional()).await?;
    name.ok_or_else(|| Problem::not_found(format!("there is no customer {id}")))
}

/// How many of the first ten thousand ids live on each shard.
#[get("/spread")]
fn spread(shards: Customers<'_>) -> Result<Json<BTreeMap<String, u32>>, Problem> {
    let mut spread = BTreeMap::new();
    for id in 0..10_000 {
        *spread.entry(shards.db().locate(&CustomerId(id))?.to_string()).or_default() += 1;
    }
    Ok(Json(spread))
}

#[launch]
fn rocket() -> _ {
    let shards = ShardedDb::<SqliteConnection>::fairing()
        .migrations(MIGRATIONS)
        .tables(CustomerId::KEYSPACE, [Table::by_int("customers", "id")])
        .router(CustomerId::KEYSPACE, Jump::over);
    rocket::build().attach(shards).mount("/", routes![put, show, spread]).register("/", catchers())
}
