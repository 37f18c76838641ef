//! Which tables belong to a keyspace, as the application declares them: all that
//! the census, the guard and the mover know of anyone's rows.

mod keyspace;
mod stored;
mod table;

pub use keyspace::KeyspaceTables;
pub use stored::{StoredId, StoredKey};
pub use table::{KeyKind, Table};
