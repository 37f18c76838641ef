//! What an outage leaves behind: a line in the log for each change, and nothing of callers that
//! did not wait for the end of it.

use std::io::Write;
use std::net::TcpStream;

use crate::process::{Folder, until};
use crate::support::chaos::{Onlooker, kill, lock_table};
use crate::support::{app, cluster::TestCluster};

/// As many as a shard has turns by default.
const TURNS: usize = 8;

#[test]
fn the_log_tells_of_each_change_once() {
    let cluster = TestCluster::postgres(2);
    let folder = Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES));
    let server = folder.serve();
    let killed = kill(cluster.server(1));
    until("the shard is known to be down", || {
        assert_eq!(server.get("/users/50001").status, 503);
        server.get("/health/shards").json["shard-1"]["healthy"] == false
    });
    drop(killed);
    until("the shard is back", || server.get("/users/50001").status == 404);
    until("the shard is known to be back", || {
        server.get("/health/shards").json["shard-1"]["healthy"] == true
    });
    let log = server.log();
    for line in ["fail at once for now", "is unhealthy", "the shard is back", "healthy again"] {
        assert_eq!(log.matches(line).count(), 1, "{line}: {log}");
    }
    assert_eq!(server.get("/health/shards").json["shard-1"]["breaker_opened"], 1);
}

#[test]
fn clients_that_hang_up_take_no_turns_with_them() {
    let cluster = TestCluster::postgres(2);
    let folder = Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES));
    let server = folder.serve();
    let mut onlooker = Onlooker::at(cluster.server(0));
    // Were one turn lost each time, the next would wait in vain for all of them.
    for _ in 0..3 {
        let locked = lock_table(cluster.server(0), "users");
        // Lists, which are not asked for together.
        let clients: Vec<_> = (0..2 * TURNS)
            .map(|_| {
                let mut client = TcpStream::connect(server.address()).expect("it listens");
                client
                    .write_all(b"GET /users?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n")
                    .expect("it reads");
                client
            })
            .collect();
        until("every turn is taken", || onlooker.waiting() == TURNS);
        drop(clients);
        drop(locked);
        until("nobody waits any more", || onlooker.waiting() == 0);
        assert_eq!(server.get("/users/1").status, 404, "{}", server.log());
    }
}
