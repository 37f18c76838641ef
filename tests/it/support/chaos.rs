//! Faults for the databases of a test, to be inflicted while the service is under load.
//!
//! A fault is a value: it begins when it is made and ends when it is dropped, also when the test
//! panics.
//!
//! ```ignore
//! let fault = chaos::freeze(cluster.server(1));
//! // … nothing answers on shard-1 …
//! drop(fault);
//! ```
//!
//! | fault | what clients of the server see |
//! |---|---|
//! | [`kill`] | its connections are reset, new ones refused |
//! | [`freeze`] | the kernel accepts connections, nobody answers |
//! | [`restart`] | both in turn, and then a server with the same data |
//! | [`Proxy`] | whatever its [`Mode`] says: swallowed, delayed or refused |
//! | [`exhaust`] | `FATAL: sorry, too many clients already` |
//! | [`lock_table`] | statements on the table wait |

mod exhaust;
mod lock;
mod proxy;
mod selftest;
mod server;
mod session;

pub(crate) use exhaust::exhaust;
pub(crate) use lock::lock_table;
pub(crate) use proxy::{Mode, Proxy};
pub(crate) use server::{How, freeze, kill, restart};
pub(crate) use session::Onlooker;
