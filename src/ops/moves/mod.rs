//! Moving keys between shards: every row of a key goes to another database, and
//! none is lost, doubled or changed on the way.

mod apply;
mod transfer;

pub use apply::{
    ApplyError, ApplyOptions, KeyspaceMoved, MoveProgress, MoveReport, Moves, Obstacle, Way,
};
pub use transfer::{
    Batch, Difference, KeySum, RegionFilter, Tally, Transfer, TransferError, copy_verified,
    remove_verified, transfer,
};
