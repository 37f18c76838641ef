//! Application-level sharding for services on Diesel and Rocket.
//!
//! A request carries a *shard key*; a router picks the shard; a pooled Diesel
//! connection to that shard, on a bounded blocking thread, runs the closure.
//! There is no way to a connection without a key, a shard's name or an explicit
//! scatter: a forgotten shard key does not compile.
//!
//! # From configuration to a query
//! A [`Router`](routing::Router) for each *keyspace* (tables that are placed by one key)
//! is made of the configuration, or is an application's own. [`cluster::ShardedDb`] is the
//! one way from a key to a connection; what its closures get is Diesel's own.
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use diesel::{SqliteConnection, connection::SimpleConnection, prelude::*};
//! use figment::{Figment, providers::{Format, Toml}};
//! use shardwright::cluster::{Blueprint, Builder, ShardedDb};
//! use shardwright::key::{ShardBy, ShardKey};
//!
//! diesel::table! { accounts (id) { id -> BigInt, owner -> Text, } }
//!
//! /// The type picks the keyspace: no other number passes for an account's.
//! struct AccountId(i64);
//! impl ShardBy for AccountId {
//!     const KEYSPACE: &'static str = "accounts";
//!     fn shard_key(&self) -> ShardKey<'_> {
//!         ShardKey::int(self.0)
//!     }
//! }
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path().display();
//! // What stands in Rocket.toml as a rule.
//! let settings = format!(r#"
//!     [default.sharding.shards.shard-0]
//!     url = "sqlite://{folder}/0.db"
//!     [default.sharding.shards.shard-1]
//!     url = "sqlite://{folder}/1.db"
//!     [default.sharding.keyspaces.accounts]
//!     strategy = "range"
//!     ranges = [ {{ end = 100, shard = "shard-0" }}, {{ start = 100, shard = "shard-1" }} ]
//! "#);
//! let blueprint = Blueprint::load(&Figment::from(Toml::string(&settings).nested()))?;
//! let db: ShardedDb<SqliteConnection> = Builder::from_blueprint(blueprint).build()?;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! for shard in db.shards() {
//!     let table = "CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner TEXT NOT NULL)";
//!     db.on(shard.id(), move |conn| conn.batch_execute(table)).await?;
//! }
//! for (id, owner) in [(7, "Ada"), (700, "Bob")] {
//!     let row = (accounts::id.eq(id), accounts::owner.eq(owner));
//!     let insert = diesel::insert_into(accounts::table).values(row);
//!     // One transaction, on the key's shard.
//!     db.write(&AccountId(id), move |conn| insert.execute(conn)).await?;
//! }
//! assert_eq!(db.locate(&AccountId(700))?.as_str(), "shard-1");
//! let owner = accounts::table.find(7).select(accounts::owner);
//! assert_eq!(db.read(&AccountId(7), move |conn| owner.first::<String>(conn)).await?, "Ada");
//!
//! // Of all shards, and not without one of them.
//! let counts = db.scatter::<AccountId, i64>(|conn| accounts::table.count().get_result(conn));
//! let counts = counts.await.complete()?;
//! assert_eq!(counts.into_iter().map(|(_, n)| n).collect::<Vec<_>>(), [1, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })
//! # }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! That is the core. A service also wants to know that a database is the shard it is taken
//! for, that it is migrated, and that rows are where the rules say: in a Rocket application
//! `web` does all of it, elsewhere [`ops::Launch`].
//!
//! # Features
//! | feature | gives |
//! |---|---|
//! | `postgres`, `sqlite` | the kinds of database, at least one; with both, [`shard::ShardConnection`] is either |
//! | `rocket` | `web`: the fairing, the request guard, problem documents |
//! | `service` (default) | the reference service and the command line, and all of the above |
//! | `tls` | a libpq that speaks TLS (needs OpenSSL's headers where it is built) |
//! | `otlp` | traces of the service sent by OTLP |
//!
//! # Modules
//! In reading order, each using only those above it:

pub mod key;

pub mod config;

pub mod routing;

pub mod shard;

pub mod cluster;

pub mod ops;

#[cfg(feature = "rocket")]
pub mod web;

#[cfg(feature = "service")]
pub mod store;

#[cfg(feature = "service")]
pub mod http;

#[cfg(feature = "service")]
pub mod cli;

/// The Rust on the manual's pages, as documentation tests; `tests/it/manual` misses no page.
#[cfg(all(doctest, feature = "service"))]
#[doc = include_str!("../docs/src/how-to/adopting.md")]
struct Adopting;

#[cfg(not(any(feature = "postgres", feature = "sqlite")))]
compile_error!("shardwright needs the feature `postgres`, `sqlite` or both");
