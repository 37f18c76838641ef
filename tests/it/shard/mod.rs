//! One database and all of them together, through `ShardedDb` over every connection type there is,
//! against real Postgres servers and SQLite files.

mod budget;
mod cancel;
mod crowded;
mod db;
mod dead;
mod deadline;
mod drain;
mod file;
mod frozen;
mod lost;
mod observed;
mod overdue;
mod panics;
mod permits;
mod probe;
mod reach;
mod scatter;
mod session;
mod sqlite;
mod warm;
mod writes;

use crate::support::every::{every_connection, every_connection_to_postgres};
use crate::support::until::{LIMIT, until};
