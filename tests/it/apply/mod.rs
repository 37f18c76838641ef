//! `placement apply`: a change of rules carried out on data, by the program as operators run it.

mod again;
mod fill;
mod holding;
mod interrupt;
mod kills;
mod matrix;
mod phase;
mod refusals;
mod removed;
mod rules;
mod servers;
mod stage;
mod truth;
mod undo;

/// Makes the tests `<body>::sqlite` and `<body>::postgres` of every body named, over so many
/// databases, of which the service may have fewer: `on_both!(4 => a_test)` beside
/// `fn a_test(cluster: TestCluster)`.
macro_rules! on_both {
    ($shards:expr => $($body:ident),+ $(,)?) => { $(
        mod $body {
            use crate::support::cluster::TestCluster;

            #[test]
            fn sqlite() {
                super::$body(TestCluster::sqlite($shards));
            }

            #[test]
            fn postgres() {
                super::$body(TestCluster::postgres($shards));
            }
        }
    )+ };
}

use on_both;
