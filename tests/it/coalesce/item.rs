//! A row whose statements a test can watch, hold and break.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::{
    PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, result, sql_query,
    sql_types::{BigInt, Text},
};
use shardwright::key::{ShardBy, ShardKey};
use shardwright::shard::{Connect, Row, ShardConnection};

use crate::support::gate::Gate;

/// What a statement with this row or key in it does, beside its work.
#[derive(Debug, Clone, Default)]
pub(super) enum Deed {
    #[default]
    Nothing,
    /// Waits at a gate first.
    Waits(Gate),
    /// Sends this statement first.
    Says(&'static str),
    /// Fails for no fault of the connection.
    Fails,
    /// Panics.
    Panics,
}

/// What a statement that [`Deed::Panics`] panics with.
pub(super) const WORDS: &str = "the row's own words";

/// A row of the tests' own table `items`.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: i64,
    pub(super) note: String,
    deed: Deed,
    log: Log,
}

/// What an item is found by.
#[derive(Debug)]
pub(super) struct ItemKey {
    id: i64,
    deed: Deed,
    log: Log,
}

/// The ids in each statement of a test, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<[Vec<Vec<i64>>; 2]>>);

impl Log {
    pub(super) fn key(&self, id: i64) -> ItemKey {
        ItemKey { id, deed: Deed::Nothing, log: self.clone() }
    }

    pub(super) fn item(&self, id: i64) -> Item {
        Item { id, note: note(id), deed: Deed::Nothing, log: self.clone() }
    }

    /// The statements that looked for items.
    pub(super) fn finds(&self) -> Vec<Vec<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[0].clone()
    }

    /// The statements that stored items.
    pub(super) fn inserts(&self) -> Vec<Vec<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[1].clone()
    }

    fn add(&self, kind: usize, ids: Vec<i64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[kind].push(ids);
    }
}

/// What the item of that id says, unless a test makes it say something else.
pub(super) fn note(id: i64) -> String {
    format!("item {id}")
}

impl ItemKey {
    pub(super) fn that(self, deed: Deed) -> ItemKey {
        ItemKey { deed, ..self }
    }
}

impl Item {
    pub(super) fn that(self, deed: Deed) -> Item {
        Item { deed, ..self }
    }

    pub(super) fn noting(self, note: &str) -> Item {
        Item { note: note.to_owned(), ..self }
    }
}

impl ShardBy for ItemKey {
    const KEYSPACE: &'static str = "items";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(self.id)
    }
}

impl ShardBy for Item {
    const KEYSPACE: &'static str = ItemKey::KEYSPACE;

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(self.id)
    }
}

impl<C: Speak> Row<C> for Item {
    type Key = ItemKey;

    fn find_many(conn: &mut C, keys: &[ItemKey]) -> QueryResult<Vec<(usize, Item)>> {
        let log = &keys.first().expect("a statement is for somebody").log;
        log.add(0, keys.iter().map(|key| key.id).collect());
        keys.iter().try_for_each(|key| act(conn, &key.deed))?;
        let ids: Vec<_> = keys.iter().map(|key| key.id.to_string()).collect();
        let sql = format!("SELECT id, note FROM items WHERE id IN ({})", ids.join(", "));
        let stored = conn.stored(&sql)?;
        let row = |(place, key): (usize, &ItemKey)| {
            let row = stored.iter().find(|row| row.id == key.id)?;
            Some((place, log.item(row.id).noting(&row.note)))
        };
        // Backwards, since any order will do.
        Ok(keys.iter().enumerate().rev().filter_map(row).collect())
    }

    fn insert_many(conn: &mut C, rows: &[Item]) -> QueryResult<()> {
        let log = &rows.first().expect("a statement is for somebody").log;
        log.add(1, rows.iter().map(|row| row.id).collect());
        rows.iter().try_for_each(|row| act(conn, &row.deed))?;
        let values: Vec<_> =
            rows.iter().map(|row| format!("({}, '{}')", row.id, row.note)).collect();
        conn.run(&format!("INSERT INTO items VALUES {}", values.join(", ")))
    }
}

fn act<C: Speak>(conn: &mut C, deed: &Deed) -> QueryResult<()> {
    match deed {
        Deed::Nothing => Ok(()),
        Deed::Waits(gate) => {
            gate.pass();
            Ok(())
        }
        Deed::Says(sql) => conn.batch_execute(sql),
        Deed::Fails => Err(result::Error::QueryBuilderError("on purpose".into())),
        Deed::Panics => panic!("{WORDS}"),
    }
}

#[derive(QueryableByName)]
pub(super) struct Stored {
    #[diesel(sql_type = BigInt)]
    pub(super) id: i64,
    #[diesel(sql_type = Text)]
    note: String,
}

/// A connection that the generic tests can send text through.
pub(super) trait Speak: Connect {
    fn stored(&mut self, sql: &str) -> QueryResult<Vec<Stored>>;
    fn run(&mut self, sql: &str) -> QueryResult<()>;
}

macro_rules! speak {
    ($($connection:ty),+) => { $(
        impl Speak for $connection {
            fn stored(&mut self, sql: &str) -> QueryResult<Vec<Stored>> {
                sql_query(sql).load(self)
            }

            fn run(&mut self, sql: &str) -> QueryResult<()> {
                sql_query(sql).execute(self).map(drop)
            }
        }
    )+ };
}

speak!(PgConnection, SqliteConnection, ShardConnection);
