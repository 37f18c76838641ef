//! A change of rule carried out: every key goes where the new rule has it, while
//! nobody serves.
//!
//! 1. Every database of either configuration is held alone, and asked who it is
//!    and by which rule its rows were placed.
//! 2. The keys really stored are read, and what can't be moved (a key without a
//!    place, rows that would collide) refuses the whole before anything is changed.
//! 3. Every database notes that keys are being moved, and to which rule. From here
//!    on no service starts, by the old rule or the new one, until the end.
//! 4. Batch by batch, keys are copied, compared and removed ([`copy_verified`],
//!    [`remove_verified`]), one batch being removed while the next is copied.
//! 5. When no key is left where it should not be, every database notes the new rule.
//!
//! Interrupted at any moment, a rerun finishes it, and [`Way::Back`] takes it back:
//! where keys are is always read from the tables themselves, never remembered.
//!
//! [`copy_verified`]: super::copy_verified
//! [`remove_verified`]: super::remove_verified

mod error;
mod itinerary;
mod meeting;
mod moves;
mod options;
mod pace;
mod pipeline;
mod progress;
mod report;
mod standing;
mod stopping;

pub use error::{ApplyError, Obstacle};
pub use moves::Moves;
pub use options::{ApplyOptions, Way};
pub use progress::MoveProgress;
pub use report::{KeyspaceMoved, MoveReport};
