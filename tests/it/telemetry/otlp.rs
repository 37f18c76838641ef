//! Spans reach a collector, in the trace that the caller began.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::service::service;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(the_spans_of_a_request_reach_a_collector);

/// A collector that keeps what it is sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<u8>>>);

impl Collector {
    /// Starts it, and says where it is.
    fn start() -> (Collector, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it has one");
        let collector = Collector::default();
        let keeper = collector.clone();
        // It ends with the test's process.
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let _ = keeper.answer(&socket);
            }
        });
        (collector, format!("http://{address}"))
    }

    fn answer(&self, mut socket: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(socket);
        let (mut line, mut length) = (String::new(), 0);
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or_default();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(body);
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Whether it was sent these bytes.
    fn has(&self, bytes: &[u8]) -> bool {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.windows(bytes.len()).any(|window| window == bytes)
    }
}

async fn the_spans_of_a_request_reach_a_collector(cluster: &TestCluster) {
    let (collector, address) = Collector::start();
    let mut server = service(cluster, "").env("OTEL_EXPORTER_OTLP_ENDPOINT", &address).serve();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    assert_eq!(server.get_with("/users/7", ("traceparent", &parent)).status, 404);
    // What it has not sent yet, it sends before it ends.
    assert!(server.stop().success(), "{}", server.log());
    for words in ["shardwright", "request", "route", "permit", "connection", "query", "shard.id"] {
        assert!(collector.has(words.as_bytes()), "no {words}");
    }
    assert!(collector.has(b"shard-0") && collector.has(b"keyspace"));
    let id: Vec<u8> =
        (0..16).map(|i| u8::from_str_radix(&trace[2 * i..2 * i + 2], 16).expect("hex")).collect();
    assert!(collector.has(&id), "the caller's trace is not gone on with");
}
