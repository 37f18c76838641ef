//! Calls of one kind that are made as one.
//!
//! A shard has a *lane* for each kind of row and of access: a queue, and a fixed
//! thread that takes all that queued up while its last statement ran and asks for it
//! with the next. It never waits for company by the clock, and a call that comes alone goes
//! alone, at once; where many come, those that have arrived are read first. So a statement
//! carries more calls the busier the shard is, and a round trip, a thread's waking and a
//! commit are shared by as many.
//!
//! What holds for a call by itself holds here. A batch has a permit, a connection of
//! the pool and a breaker's pass for as long as it runs, and is cut when the last of
//! its callers has gone; rows that were sent have until the last deadline. A caller whose time is up is answered then, whatever the
//! batch does, and a row whose caller has gone before it was sent is not sent.
//!
//! Nobody pays for company: if a batch fails for what it holds, each of its calls is
//! made again by itself on an ordinary connection; if a batch takes long, those that
//! wait for the lane go on a connection beside it.

mod batch;
mod lane;
mod lanes;
mod queue;
mod ride;
mod row;
mod waiter;
mod work;

pub(super) use lanes::Lanes;
pub use row::Row;
