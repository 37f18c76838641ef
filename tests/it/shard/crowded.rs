//! Someone else holds all the connections that a server allows.

use diesel::{PgConnection, QueryResult, connection::SimpleConnection};
use shardwright::cluster::ShardedDb;
use shardwright::shard::{BreakerState, ShardError, Trouble};

use super::db::{Speak, Thing, builder, pool, shard_error, state};
use crate::support::gate::Gate;
use crate::support::{cluster::connect, pg::PgServer};

fn one(c: &mut PgConnection) -> QueryResult<i64> {
    c.number("SELECT 1::bigint AS answer")
}

#[tokio::test]
async fn a_server_without_a_connection_to_spare_is_told_from_a_dead_one() {
    // Three of them are kept for superusers.
    let server = PgServer::builder().setting("max_connections", "6").start();
    let mut admin = connect(&server.url());
    admin.batch_execute("CREATE ROLE app LOGIN").expect("the server is up");
    let url = server.url_for("app", "postgres");
    let db: ShardedDb<PgConnection> =
        builder(std::slice::from_ref(&url), &pool(4)).build().expect("a good cluster");
    db.read(&Thing(0), one).await.expect("there is a connection");
    let _others = connect(&url);

    let gate = Gate::default();
    let holder = {
        let (db, gate) = (db.clone(), gate.clone());
        let hold = move |c: &mut PgConnection| {
            gate.pass();
            one(c)
        };
        tokio::spawn(async move { db.read(&Thing(0), hold).await })
    };
    gate.holds(1).await;
    for _ in 0..5 {
        let error = shard_error(db.read(&Thing(0), one).await);
        assert!(matches!(error, ShardError::Connect { .. }), "{error:?}");
        assert_eq!(error.reason(), Trouble::Crowded.reason(), "{error:?}");
    }
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed, "it serves with what we have");
    gate.open();
    holder.await.expect("no panic").expect("it has its connection");
    db.read(&Thing(0), one).await.expect("there is one again");
}
