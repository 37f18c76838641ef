use super::{ConsistentHashRouter, RangeRouter, RegionRouter};

/// What kind of rule a router is, for whoever wants to show it as more than a name.
/// Placement never asks for it.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// Points on a ring.
    Ring(&'a ConsistentHashRouter),
    /// Ranges of numbers.
    Ranges(&'a RangeRouter),
    /// A table of regions.
    Regions(&'a RegionRouter),
    /// An application's own, of which nothing more is known.
    Own,
}
