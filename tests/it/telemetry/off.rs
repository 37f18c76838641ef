//! What is turned off costs nothing: nobody is told, and nothing can be asked for.

use shardwright::http::Traffic;

use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(without_metrics_nobody_is_told, with_metrics_the_traffic_is_known);

async fn without_metrics_nobody_is_told(cluster: &TestCluster) {
    let off = "[default.sharding.telemetry]\nmetrics = false\ntracing = false";
    let app = TestApp::on(cluster).config(off).start().await;
    app.get("/users/7").await.expect(404);
    app.get("/metrics").await.expect(404);
    let traffic = app.client().rocket().state::<Traffic>().expect("it is managed");
    assert_eq!(traffic.snapshot(), []);
}

async fn with_metrics_the_traffic_is_known(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for _ in 0..10 {
        app.get("/users/7").await.expect(404);
    }
    let traffic = app.client().rocket().state::<Traffic>().expect("it is managed");
    let shards = traffic.snapshot();
    assert_eq!(
        shards.iter().map(|s| s.shard.as_str()).collect::<Vec<_>>(),
        ["shard-0", "shard-1", "shard-2"]
    );
    assert_eq!((shards[0].calls, shards[0].failures), (10, 0));
    let (p50, p99) = (shards[0].p50.expect("calls"), shards[0].p99.expect("calls"));
    assert!(p50 <= p99 && p50.as_nanos() > 0);
    assert_eq!(shards[2].p99, None);
}
