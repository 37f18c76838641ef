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
//!
//! # Examples
//! What would be moved to give `users` from 100 on to a second shard:
//!
//! ```
//! use std::sync::Arc;
//!
//! use figment::{Figment, providers::{Format, Toml}};
//! use shardwright::cluster::Blueprint;
//! use shardwright::key::KeyspaceName;
//! use shardwright::ops::migrate::{Migrator, Options, Task};
//! use shardwright::ops::placement::{Change, plan};
//! use shardwright::ops::tables::Table;
//! use shardwright::store::migrations;
//!
//! # let folder = tempfile::tempdir()?;
//! # let [a, b] = ["a", "b"].map(|name| format!("sqlite://{}/{name}.db", folder.path().display()));
//! # let before = r#"[ { shard = "shard-0" } ]"#;
//! # let after = r#"[ { end = 100, shard = "shard-0" }, { start = 100, shard = "shard-1" } ]"#;
//! # let [before, after] = [before, after].map(|ranges| {
//! #     let toml = format!(r#"
//! #         [default.sharding.shards]
//! #         shard-0.url = "{a}"
//! #         shard-1.url = "{b}"
//! #         [default.sharding.keyspaces.orders]
//! #         strategy = "consistent_hash"
//! #         [default.sharding.keyspaces.users]
//! #         strategy = "range"
//! #         ranges = {ranges}
//! #     "#);
//! #     Figment::from(Toml::string(&toml).nested())
//! # });
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
//! # runtime.block_on(async {
//! let change: Change = Change::new(&Blueprint::load(&before)?, &Blueprint::load(&after)?)?;
//! # let migrator = Migrator::new(change.db.clone(), migrations::source());
//! # migrator.carry_out(Task::Run, &Options::default(), Arc::new(())).await?;
//! let users = change.keyspace(&KeyspaceName::new("users")?).expect("both files have it");
//! assert!(!users.is_none());
//! let plan = plan(&change, users, &[Table::by_int("users", "id")], 10).await?;
//! assert_eq!(plan.moving.keys, 0, "no user is stored yet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
