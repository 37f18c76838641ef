//! Where the keys really are, and where a rule would have them: the keys stored
//! on every shard ([`survey()`]), whether each is where its rule looks for it
//! ([`check()`], [`misplaced()`]), what a changed configuration would move ([`Change`],
//! [`plan()`]), and which ranges would even the load out ([`suggest()`]).
//!
//! Reading only: nothing here changes a row, or makes a database that is not there.
//!
//! # What a key is
//! Under a `region` rule a key is an id and its region; under `range` and
//! `consistent_hash`, which don't look at it, the id alone. A rule of one's own
//! is given both.

mod amount;
mod census;
mod change;
mod check;
mod findings;
mod home;
mod key_tables;
mod load;
mod misplaced;
mod plan;
mod suggest;
mod survey;

pub use amount::Amount;
pub use census::Census;
pub use change::{Change, ChangeError, KeyspaceChange, Side};
pub use check::{KeyspaceCheck, MisplacedKey, check};
pub use findings::{Finding, Findings};
pub use key_tables::key_tables;
pub use load::Load;
pub use misplaced::{Example, Misplaced, misplaced};
pub use plan::{Balance, Collision, KeyspacePlan, Mover, Pair, plan};
pub use suggest::{Measure, Proposed, SuggestError, Suggestion, suggest};
pub use survey::{ReadError, Resident, Unreadable, survey};
