//! One test body, run on both backends: `both_backends!(a_test)` beside
//! `async fn a_test(cluster: &TestCluster)` gives `a_test::sqlite` and `a_test::postgres`.

use std::time::Duration;

use super::cluster::TestCluster;

/// Shards of the clusters that [`both_backends`] makes, as many as in the repository's Rocket.toml.
pub(crate) const SHARDS: usize = 3;

/// Runs a test's body on its own runtime; the databases outlive whatever the body started.
pub(crate) fn run(cluster: &TestCluster, body: impl AsyncFnOnce(&TestCluster)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(body(cluster));
    // A blocking thread may be stuck on a frozen server, which only the end of the cluster ends.
    runtime.shutdown_background();
}

/// Asks again and again whether something has come about, for no longer than `limit`.
pub(crate) async fn eventually(limit: Duration, mut done: impl AsyncFnMut() -> bool) -> bool {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let asking = async {
        while !done().await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(limit, asking).await.is_ok()
}

/// Makes the tests `<body>::sqlite` and `<body>::postgres` of every body named.
macro_rules! both_backends {
    ($($body:ident),+ $(,)?) => { $(
        mod $body {
            use crate::support::{both, cluster::TestCluster};

            #[test]
            fn sqlite() {
                both::run(&TestCluster::sqlite(both::SHARDS), super::$body);
            }

            #[test]
            fn postgres() {
                both::run(&TestCluster::postgres(both::SHARDS), super::$body);
            }
        }
    )+ };
}

/// Makes the test `<body>::postgres` of every body named: for what only a server can suffer.
macro_rules! postgres_only {
    ($($body:ident),+ $(,)?) => { $(
        mod $body {
            use crate::support::{both, cluster::TestCluster};

            #[test]
            fn postgres() {
                both::run(&TestCluster::postgres(both::SHARDS), super::$body);
            }
        }
    )+ };
}

pub(crate) use {both_backends, postgres_only};
