//! The records' statements, which are the same for both kinds of database.

use diesel::{
    QueryableByName,
    result::Error,
    sql_types::{Nullable, Text},
};

use super::{Identity, PlacementRecord, Records};

/// The tables. Both kinds of database have the types in them, and keep one row in the first.
pub(super) const MAKE: &str = "
    CREATE TABLE IF NOT EXISTS shardwright_shard (
        only_row   integer PRIMARY KEY CHECK (only_row = 1),
        shard_id   text NOT NULL,
        cluster_id text NOT NULL
    );
    CREATE TABLE IF NOT EXISTS shardwright_placement (
        keyspace    text PRIMARY KEY,
        fingerprint text NOT NULL,
        shards      text NOT NULL,
        moving_to   text
    );";

pub(super) const READ: &str = "
    SELECT NULL AS keyspace, shard_id AS a, cluster_id AS b, NULL AS c FROM shardwright_shard
    UNION ALL
    SELECT keyspace, fingerprint, shards, moving_to FROM shardwright_placement ORDER BY 1";

pub(super) const IDENTIFY: &str = "
    INSERT INTO shardwright_shard (only_row, shard_id, cluster_id) VALUES (1, $1, $2)
    ON CONFLICT (only_row) DO UPDATE
    SET shard_id = excluded.shard_id, cluster_id = excluded.cluster_id";

pub(super) const ADD: &str = "
    INSERT INTO shardwright_placement (keyspace, fingerprint, shards, moving_to)
    VALUES ($1, $2, $3, $4) ON CONFLICT (keyspace) DO NOTHING";

pub(super) const PLACE: &str = "
    INSERT INTO shardwright_placement (keyspace, fingerprint, shards, moving_to)
    VALUES ($1, $2, $3, $4) ON CONFLICT (keyspace) DO UPDATE
    SET fingerprint = excluded.fingerprint, shards = excluded.shards, moving_to = excluded.moving_to";

/// A row of [`READ`].
#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    keyspace: Option<String>,
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Nullable<Text>)]
    c: Option<String>,
}

/// Makes records of rows.
pub(super) fn records(rows: Vec<Row>) -> Result<Records, Error> {
    let mut records = Records::default();
    for Row { keyspace, a, b, c } in rows {
        match keyspace {
            None => {
                records.identity = Some(Identity { shard: read(&a)?, cluster: read(&b)? });
            }
            Some(keyspace) => records.placements.push(PlacementRecord {
                keyspace: read(&keyspace)?,
                fingerprint: read(&a)?,
                shards: names(&b).map(read).collect::<Result<_, _>>()?,
                moving_to: c.as_deref().map(read).transpose()?,
            }),
        }
    }
    Ok(records)
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|name| !name.is_empty())
}

/// The shards of a record as they are stored.
pub(super) fn list(record: &PlacementRecord) -> String {
    record.shards.iter().map(|shard| shard.as_str()).collect::<Vec<_>>().join(",")
}

fn read<T: std::str::FromStr>(text: &str) -> Result<T, Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|error: T::Err| {
        Error::DeserializationError(
            format!("shardwright's own records hold {text:?}: {error}").into(),
        )
    })
}

/// The functions that write, for a connection type.
macro_rules! writing {
    ($connection:ty) => {
        pub(super) fn make_records(conn: &mut $connection) -> QueryResult<()> {
            conn.batch_execute(statements::MAKE)
        }

        pub(super) fn forget_placements(conn: &mut $connection) -> QueryResult<()> {
            conn.batch_execute("DELETE FROM shardwright_placement")
        }

        pub(super) fn write_identity(
            conn: &mut $connection,
            identity: &Identity,
        ) -> QueryResult<()> {
            sql_query(statements::IDENTIFY)
                .bind::<Text, _>(identity.shard.as_str())
                .bind::<Text, _>(identity.cluster.to_string())
                .execute(conn)
                .map(drop)
        }

        pub(super) fn add_placement(
            conn: &mut $connection,
            record: &PlacementRecord,
        ) -> QueryResult<()> {
            write(conn, statements::ADD, record)
        }

        pub(super) fn write_placement(
            conn: &mut $connection,
            record: &PlacementRecord,
        ) -> QueryResult<()> {
            write(conn, statements::PLACE, record)
        }

        fn write(
            conn: &mut $connection,
            statement: &str,
            record: &PlacementRecord,
        ) -> QueryResult<()> {
            sql_query(statement)
                .bind::<Text, _>(record.keyspace.as_str())
                .bind::<Text, _>(record.fingerprint.to_string())
                .bind::<Text, _>(statements::list(record))
                .bind::<Nullable<Text>, _>(record.moving_to.map(|rule| rule.to_string()))
                .execute(conn)
                .map(drop)
        }
    };
}

pub(super) use writing;
