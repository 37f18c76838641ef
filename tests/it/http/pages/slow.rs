//! What can go wrong on the way to the service, before anything of a request is understood.

use super::expect_text_shown;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

both_backends!(pages_show_what_is_said_of_requests_that_do_not_come_whole);

/// Sends what need not be a request, and gives the status and the body of the answer.
fn ask(served: &Served, request: &str) -> (u16, String) {
    let answer = served.send(request.as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("no status: {answer}")), body.to_owned())
}

async fn pages_show_what_is_said_of_requests_that_do_not_come_whole(cluster: &TestCluster) {
    let served = Served::start(cluster);
    let unheard_of = "QUERY /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (status, text) = ask(&served, unheard_of);
    expect_text_shown("http", status, &text);

    // Rocket itself waits for the first 14 bytes of a body, for as long as it takes.
    let cut_short = "POST /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                     Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{ \"tenant_id\": \"acme\",";
    let (status, text) = ask(&served, cut_short);
    expect_text_shown("too-slow", status, &text);
}
