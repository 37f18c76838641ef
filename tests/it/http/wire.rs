//! What only a socket shows: requests no client library sends, and the end of the process.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

both_backends!(
    an_unknown_method_is_a_problem_with_an_id,
    a_body_that_stops_is_not_waited_for,
    a_stopped_service_ends_well,
);

postgres_only!(a_service_ends_although_a_shard_is_frozen);

/// Grace and mercy take nine seconds; the rest is for a machine with more to do.
const END: Duration = Duration::from_secs(25);

const GET_STATS: &[u8] = b"GET /stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

async fn an_unknown_method_is_a_problem_with_an_id(cluster: &TestCluster) {
    let served = Served::start(cluster);
    let answer = served.send(b"BREW /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 40"), "{answer}");
    let problem: Value = serde_json::from_str(body).expect("JSON");
    let id = problem["request_id"].as_str().expect("an id");
    let header = format!("x-request-id: {id}\r\n");
    assert!(format!("{head}\r\n").to_lowercase().contains(&header), "{answer}");
}

/// Whatever kind of body it is. (Rocket itself waits for the first fourteen bytes, however long.)
async fn a_body_that_stops_is_not_waited_for(cluster: &TestCluster) {
    let served = Served::start(cluster);
    let calls = [
        ("/orders", "application/json", "{\"tenant_id\": \"acme\", "),
        ("/dashboard/login", "application/x-www-form-urlencoded", "token=a.token.that.goes.on."),
    ];
    thread::scope(|scope| {
        for (path, kind, body) in calls {
            let served = &served;
            scope.spawn(move || {
                let request = format!(
                    "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                     Content-Type: {kind}\r\nContent-Length: 1000\r\n\r\n{body}"
                );
                let answer = served.send(request.as_bytes());
                assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
                assert!(answer.contains("the body did not arrive in time"), "{path}: {answer}");
            });
        }
    });
}

async fn a_stopped_service_ends_well(cluster: &TestCluster) {
    let mut served = Served::start(cluster);
    assert!(served.send(GET_STATS).starts_with("HTTP/1.1 200"));
    let ended = served.terminate(END).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}

async fn a_service_ends_although_a_shard_is_frozen(cluster: &TestCluster) {
    let mut served = Served::start(cluster);
    assert!(served.send(GET_STATS).starts_with("HTTP/1.1 200"));
    cluster.server(1).freeze();
    assert!(served.send(GET_STATS).starts_with("HTTP/1.1 503"));
    let ended = served.terminate(END).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}
