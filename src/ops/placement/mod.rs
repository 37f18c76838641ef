//! Where the keys really are, and where a rule would have them: the keys stored
//! on every shard ([`survey`]), and two configurations side by side ([`Change`]).
//!
//! Reading only: nothing here changes a row, or makes a database that is not there.

mod census;
mod change;
mod load;
mod survey;

pub use census::Census;
pub use change::{Change, ChangeError, KeyspaceChange, Side};
pub use load::Load;
pub use survey::{ReadError, Resident, Unreadable, survey};
