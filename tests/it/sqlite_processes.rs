//! Two services on the same SQLite files at once.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use serde_json::{Value, json};
use shardwright::config::{DatabaseUrl, PoolSettings};
use shardwright::shard::{Connect, Session};

use crate::process::{Folder, Server};

const CLIENTS: usize = 8;
const ORDERS_EACH: usize = 30;

#[test]
fn two_processes_on_the_same_files_share_them() {
    let folder = Folder::fresh();
    // Side by side, so that both make and migrate the files.
    let starting = [Server::spawn(&folder), Server::spawn(&folder)];
    let servers = starting.map(|starting| starting.ready());

    let created = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (created, server) = (&created, &servers[client % 2]);
            scope.spawn(move || {
                for n in 0..ORDERS_EACH {
                    let order = create(server, client, n);
                    created.lock().expect("no client panicked").push(order);
                }
            });
        }
    });
    let created = created.into_inner().expect("no client panicked");
    let different: HashSet<&(String, String)> = created.iter().collect();
    assert_eq!(different.len(), CLIENTS * ORDERS_EACH, "every order has an id of its own");

    // Each sees what the other wrote, once.
    for server in &servers {
        let stats = server.get("/stats");
        assert_eq!(stats.status, 200, "{stats:?}");
        assert_eq!(stats.json["total_orders"], CLIENTS * ORDERS_EACH);
        for (tenant, order) in &created {
            let found = server.get(&format!("/orders/{tenant}/{order}"));
            assert_eq!(found.status, 200, "{found:?}");
        }
    }
    for shard in ["shard-0", "shard-1", "shard-2"] {
        let health = servers[0].get("/health/shards");
        assert_eq!(health.json[shard]["healthy"], true, "{health:?}");
        let file = folder.path().join(format!("data/{shard}.db"));
        assert_eq!(integrity(&file), "ok");
    }
    for mut server in servers {
        assert_eq!(server.stop().code(), Some(0), "{}", server.log());
    }
}

fn create(server: &Server, client: usize, n: usize) -> (String, String) {
    let tenant = format!("tenant-{}", (client + n) % 10);
    let body = json!({
        "tenant_id": tenant,
        "customer_id": format!("customer-{client}"),
        "total_cents": n,
        "currency": "EUR",
    });
    let answer = server.post("/orders", &body);
    assert_eq!(answer.status, 201, "{answer:?}; its log:\n{}", server.log());
    let Value::String(order) = &answer.json["order_id"] else { panic!("no id: {answer:?}") };
    (tenant, order.clone())
}

fn integrity(file: &Path) -> String {
    #[derive(QueryableByName)]
    struct Check {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let url = DatabaseUrl::parse(&format!("sqlite://{}", file.display())).expect("a good URL");
    let session = Session::operating(&PoolSettings::default());
    let mut connection = SqliteConnection::open(&url, &session).expect("the file is there");
    let check: Check =
        sql_query("PRAGMA integrity_check").get_result(&mut connection).expect("it can be checked");
    check.integrity_check
}
