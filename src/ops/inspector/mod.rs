//! What the shards hold, known at any time: an [`Inspector`] looks at them in the
//! background, seldom and one look at a time, so that a page or a metric never
//! waits for a shard.

mod background;
mod count;
mod inspection;
mod look;
mod visit;

pub use background::Inspector;
pub use count::{Inspect, Tally};
pub use inspection::{Count, Counted, Found, Inspected, Inspection};
