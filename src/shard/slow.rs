use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use tracing::warn;

use super::shape::shape;
use crate::key::ShardId;

/// Logs the statements of one connection that take long: what they are, never what they
/// say. The line stands in the span of the request that they are for, if there is one.
#[derive(Debug, Clone)]
pub(super) struct SlowQueries {
    shard: ShardId,
    limit: Duration,
    began: Option<Instant>,
}

impl SlowQueries {
    pub(super) fn new(shard: ShardId, limit: Duration) -> Self {
        Self { shard, limit, began: None }
    }
}

impl Instrumentation for SlowQueries {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.began = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                let Some(took) = self.began.take().map(|began| began.elapsed()) else { return };
                if took >= self.limit {
                    let sql = shape(&query.to_string());
                    let (shard, failed) = (&self.shard, error.is_some());
                    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                    warn!(%shard, took_ms, failed, sql, "a statement was slow");
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use diesel::{
        Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
        sql_types::Text,
    };
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// What is logged of statements on a connection where so long is slow.
    fn logged(limit: Duration, work: impl FnOnce(&mut SqliteConnection)) -> String {
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            #[expect(clippy::disallowed_methods, reason = "a database in memory, of this test")]
            let mut conn = SqliteConnection::establish(":memory:").expect("there is memory");
            let shard = ShardId::new("shard-7").expect("a good name");
            conn.set_instrumentation(SlowQueries::new(shard, limit));
            work(&mut conn);
        });
        let bytes = lines.0.lock().expect("no panic").clone();
        String::from_utf8(bytes).expect("it is text")
    }

    fn secretive(conn: &mut SqliteConnection) {
        conn.batch_execute("CREATE TABLE t (a TEXT UNIQUE, b INTEGER)").expect("it is new");
        let insert = sql_query("INSERT INTO t VALUES (?, 4711) -- hush-1");
        insert.bind::<Text, _>("hush-2").execute(conn).expect("it is there");
        conn.batch_execute("UPDATE t SET a = 'hush-3' WHERE a = 'hush-2'").expect("it is");
        let twice = sql_query("INSERT INTO t SELECT a, 1 FROM t WHERE a = 'hush-3'");
        twice.execute(conn).expect_err("there is one");
    }

    #[test]
    fn a_slow_statement_is_told_by_its_shape_and_never_by_its_values() {
        let log = logged(Duration::ZERO, secretive);
        for sql in ["INSERT INTO t VALUES (?, ?)", "UPDATE t SET a = ? WHERE a = ?"] {
            assert!(log.contains(sql), "{sql} in {log}");
        }
        assert!(!log.contains("hush-") && !log.contains("4711"), "{log}");
        assert!(log.contains("shard=shard-7") && log.contains("took_ms="), "{log}");
        assert!(log.contains("failed=true"), "{log}");
    }

    #[test]
    fn a_quick_statement_is_not_told() {
        assert_eq!(logged(Duration::from_secs(3600), secretive), "");
    }
}
