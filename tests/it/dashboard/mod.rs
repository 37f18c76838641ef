//! `/dashboard`: what is on the page, and how it behaves in a real browser.

mod browser;
mod crowd;
mod looks;
mod lost;
mod page;
mod picture;
mod script;

use browser::Browser;
use std::time::Duration;

/// More than anything takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(60);

/// The repository's keyspaces, two tenants pinned.
const PINNED: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    pins = { acme = "shard-2", globex = "shard-0" }
    [default.sharding.keyspaces.users]
    strategy = "range"
    ranges = [ { end = 50000, shard = "shard-0" }, { start = 50000, shard = "shard-1" } ]
"#;
