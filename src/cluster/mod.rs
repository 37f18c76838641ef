//! All the databases together: a key goes to its shard, a scatter to every
//! shard of its keyspace, an operator to a shard by name. There is no other way
//! to a connection, and no ambient "current shard".

mod blueprint;
mod builder;
mod db;
mod error;
mod gathered;
mod home;
mod keyspace;
pub mod merge;
mod page;

pub use blueprint::Blueprint;
pub use builder::{BuildError, Builder};
pub use db::ShardedDb;
pub use error::Error;
pub use gathered::{Gathered, Incomplete, Missing};
#[cfg(feature = "rocket")]
pub(crate) use home::Home;
pub use keyspace::Keyspace;
pub use page::merge_pages;
