//! Calls of one kind made as one: `ShardedDb::find` and `ShardedDb::insert`, with rows of the
//! tests' own over every connection type and with the service's.

mod boarding;
mod budget;
mod company;
mod deadlines;
mod ending;
mod failing;
mod finds;
mod frozen;
mod heard;
mod http;
mod inserts;
mod item;
mod killed;
mod leaving;
mod locked;
mod observed;
mod panics;
mod prepared;
mod random;
mod rows;
mod service;
mod spans;
mod stage;
mod together;
mod turns;
mod warm;

use crate::support::every::{every_connection, every_connection_to_postgres};
use crate::support::until::{LIMIT, until};
