//! What a server is told, as its log has it.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{PgConnection, RunQueryDsl, sql_query};

use super::item::{Log, Speak};
use super::stage::{find, pool, shard, stage};
use super::until;
use crate::support::both::run;
use crate::support::cluster::TestCluster;
use crate::support::pg::PgServer;

/// One connection, so that it is known which is warm; and nobody who asks but the test.
pub(super) const ALONE: &str = "
    [default.sharding.pool]
    max_size = 1
    acquire_timeout = '20s'
    [default.sharding.health]
    interval = '1h'
";

/// A server that logs every message it gets.
pub(super) fn talkative() -> TestCluster {
    let server = PgServer::builder()
        .setting("log_min_duration_statement", "0")
        .setting("log_line_prefix", "%a|");
    TestCluster::of(vec![server.start()])
}

/// What a library or service of ours said to the server, message by message.
#[derive(Debug)]
pub(super) struct Heard(Vec<String>);

impl Heard {
    /// All there is.
    pub(super) fn by(cluster: &TestCluster) -> Heard {
        let log = cluster.server(0).log();
        let ours = log.lines().filter_map(|line| line.strip_prefix("shardwright|"));
        Heard(ours.filter_map(|line| Some(line.split_once(" ms  ")?.1.to_owned())).collect())
    }

    /// What came after that.
    pub(super) fn since(mut self, before: &Heard) -> Heard {
        self.0.drain(..before.0.len());
        self
    }

    /// The statements that were prepared.
    pub(super) fn prepared(&self) -> Vec<&str> {
        self.starting("parse ")
    }

    /// The statements that were carried out after they had been prepared.
    pub(super) fn executed(&self) -> Vec<&str> {
        self.starting("execute ")
    }

    /// The statements that were sent as text: settings, `BEGIN` and the like.
    pub(super) fn texts(&self) -> Vec<&str> {
        self.starting("statement: ")
    }

    /// The questions whether it is alive.
    pub(super) fn pings(&self) -> usize {
        let sent = self.executed().into_iter().chain(self.texts());
        sent.filter(|message| message.ends_with(": SELECT 1")).count()
    }

    fn starting(&self, with: &str) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|message| message.starts_with(with)).collect()
    }
}

/// Lest the log is read wrongly.
#[test]
fn what_is_not_kept_prepared_and_what_is_a_transaction_shows() {
    run(&talkative(), async |cluster: &TestCluster| {
        let db = stage::<PgConnection>(cluster, &pool(1));
        let key = Log::default().key(0);
        db.read(&key, |c: &mut PgConnection| c.batch_execute("SELECT 1")).await.expect("it is up");
        let before = Heard::by(cluster);
        let uncached = |c: &mut PgConnection| sql_query("SELECT 41 + 1").execute(c);
        db.read(&key, uncached).await.expect("the shard is up");
        db.write(&key, |c| c.run("DELETE FROM items")).await.expect("the shard is up");
        let heard = Heard::by(cluster).since(&before);
        assert!(heard.prepared().iter().any(|m| m.contains("41 + 1")), "{heard:#?}");
        for text in ["BEGIN", "COMMIT"] {
            assert!(heard.texts().iter().any(|m| m.contains(text)), "{text}: {heard:#?}");
        }
    });
}

#[test]
fn only_who_sat_idle_is_asked_whether_it_is_alive() {
    run(&talkative(), async |cluster: &TestCluster| {
        let db = stage::<PgConnection>(cluster, &pool(1));
        let log = Log::default();
        find(&db, log.key(0)).await.expect("the shard is up");
        let idle = async || {
            let shard = db.shard(&shard(0)).expect("there is one");
            shard.state().answered.is_some_and(|ago| ago > Duration::from_millis(1200))
        };
        until("it has been idle", idle).await;
        let before = Heard::by(cluster);
        find(&db, log.key(0)).await.expect("the shard is up");
        let heard = Heard::by(cluster).since(&before);
        assert_eq!(heard.pings(), 1, "{heard:#?}");
        let before = Heard::by(cluster);
        for id in 0..50 {
            find(&db, log.key(id)).await.expect("the shard is up");
        }
        let heard = Heard::by(cluster).since(&before);
        assert_eq!((heard.pings(), heard.executed().len()), (0, 50), "{heard:#?}");
    });
}
