//! Is this database the shard we think it is, and are its rows where our rules
//! say? Each database carries its own name, its cluster's, and the fingerprint of
//! the rule that each keyspace's rows were placed by.
//!
//! It is looked at before anything is done: when a service starts, before a
//! migration, and on each connection that is opened later ([`Guard::admission`]).
//! Whoever serves from a database *holds* it, and so does, alone, whoever changes
//! where rows are ([`Hold`]).

mod adopt;
mod backend;
mod cluster_id;
mod error;
mod guard;
mod hold;
mod holding;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod roll_call;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statements;

pub use adopt::{AdoptError, Adopted, adopt};
pub use backend::Identify;
pub use cluster_id::ClusterId;
pub use error::IdentityError;
pub use guard::Guard;
pub use hold::{Hold, HoldMode};
pub use holding::{Held, HoldError, hold_alone, in_words};
pub use record::{Identity, PlacementRecord, Records};
pub use roll_call::{RollCall, roll_call};
