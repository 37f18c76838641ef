//! What a Rocket application is made of that keeps its own tables on shards: a
//! fairing that opens the cluster, a request guard that leads to it, and problem
//! documents for what goes wrong.
//!
//! - [`ShardedDb::fairing`](crate::cluster::ShardedDb::fairing) reads `[sharding]`,
//!   migrates, watches and, in the end, closes the shards.
//! - [`Shards`] is the guard: the cluster within the request's one deadline. An
//!   application that lacks the fairing, or the keyspace a handler asks for, does not
//!   launch.
//! - [`Problem`] is what handlers return for an error, and [`catchers()`] make Rocket's
//!   own answers alike.
//!
//! The reference service is built of the same pieces.

mod allow;
pub(crate) mod catchers;
pub(crate) mod checks;
mod failure;
mod fairing;
pub(crate) mod grace;
pub(crate) mod in_flight;
pub(crate) mod missing;
pub(crate) mod problem;
mod problem_kind;
mod problem_types;
pub(crate) mod request_id;
mod routers;
mod shard_header;
mod shards;
mod way;
mod write_failed;

pub use catchers::catchers;
pub use fairing::ShardsFairing;
pub use in_flight::InFlight;
pub use problem::{FieldError, Problem};
pub use problem_kind::ProblemKind;
pub use problem_types::ProblemTypes;
pub use request_id::{RequestId, RequestIds};
pub use shard_header::ShardHeader;
pub use shards::Shards;
pub(crate) use way::Way;
pub use write_failed::WriteFailed;
