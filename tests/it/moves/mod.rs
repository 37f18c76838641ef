//! Rows on their way from one database to another.

mod copying;
mod crashes;
mod cut;
mod foreign;
mod random;
mod rate;
mod refused;
mod regions;
mod stage;

/// Makes the tests `<body>::sqlite` and `<body>::postgres` of every body named, over two shards:
/// `fn a_test(stage: &Stage)`.
macro_rules! on_both {
    ($($body:ident),+ $(,)?) => { $(
        mod $body {
            use crate::{moves::stage::Stage, support::cluster::TestCluster};

            #[test]
            fn sqlite() {
                super::$body(&Stage::over(TestCluster::sqlite(2)));
            }

            #[test]
            fn postgres() {
                super::$body(&Stage::over(TestCluster::postgres(2)));
            }
        }
    )+ };
}

use on_both;
