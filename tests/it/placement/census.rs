//! The keys that are stored, read from every shard at once.

use shardwright::ops::{placement::survey, tables::Table};

use super::{db, in_region, int, surveyed, text};
use crate::support::{
    both::{both_backends, postgres_only},
    cluster::TestCluster,
};

both_backends!(
    every_key_is_counted_once_over_all_tables,
    numbers_come_by_size_and_regions_after_none,
    texts_are_ordered_and_told_apart_by_their_bytes,
    rows_without_a_key_are_told_of,
    a_table_that_is_not_there_is_empty,
    more_keys_than_fit_in_the_channels,
    a_statement_that_fails_is_that_shard_s,
);
postgres_only!(dead_shards_are_all_named, a_reader_that_goes_away_ends_the_reading);

fn accounts() -> [Table; 2] {
    [Table::by_text("accounts", "owner"), Table::by_text("entries", "account_owner")]
}

fn make(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE accounts (owner text, note text)");
    cluster.execute_everywhere("CREATE TABLE entries (account_owner text, n bigint)");
}

async fn every_key_is_counted_once_over_all_tables(cluster: &TestCluster) {
    make(cluster);
    cluster.execute(0, "INSERT INTO accounts VALUES ('ada', 'x'), ('bob', 'x')");
    cluster.execute(0, "INSERT INTO entries VALUES ('ada', 1), ('ada', 2), ('eve', 3)");
    cluster.execute(2, "INSERT INTO accounts VALUES ('ada', 'a longer note'), ('zoe', '')");
    let (seen, keyless) = surveyed(&db(cluster), &accounts()).await.expect("all can be read");
    let rows: Vec<_> = seen
        .iter()
        .map(|(key, at)| (key.clone(), at.iter().map(|(s, l)| (*s, l.rows)).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        rows,
        [
            (text("ada"), vec![(0, 3), (2, 1)]),
            (text("bob"), vec![(0, 1)]),
            (text("eve"), vec![(0, 1)]),
            (text("zoe"), vec![(2, 1)]),
        ]
    );
    assert!(keyless.iter().all(|load| load.rows == 0));
    let bytes = |key: usize, at: usize| seen[key].1[at].1.bytes;
    assert!(bytes(0, 0) > bytes(1, 0), "three rows are more than one");
    assert!(bytes(0, 1) > bytes(1, 0), "a long note is more than a short one");
}

async fn numbers_come_by_size_and_regions_after_none(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE people (id bigint, region text)");
    cluster.execute(0, "INSERT INTO people VALUES (10, 'eu'), (-9223372036854775808, 'us')");
    cluster.execute(1, "INSERT INTO people VALUES (9, 'eu'), (10, 'Us'), (10, NULL), (10, '')");
    cluster.execute(2, "INSERT INTO people VALUES (9223372036854775807, NULL), (10, 'eu')");
    let with_region = [Table::by_int("people", "id").with_region("region")];
    let (seen, _) = surveyed(&db(cluster), &with_region).await.expect("all can be read");
    let keys: Vec<_> = seen.iter().map(|(key, at)| (key.clone(), at.len())).collect();
    let expected = [
        (in_region(i64::MIN, "us"), 1),
        (in_region(9, "eu"), 1),
        (int(10), 1),
        (in_region(10, ""), 1),
        (in_region(10, "Us"), 1),
        (in_region(10, "eu"), 2),
        (int(i64::MAX), 1),
    ];
    assert_eq!(keys, expected);
    assert!(keys.is_sorted_by(|(a, _), (b, _)| a < b), "as StoredKey orders them");
    let without = [Table::by_int("people", "id")];
    let (seen, _) = surveyed(&db(cluster), &without).await.expect("all can be read");
    assert_eq!(seen.len(), 4, "one for each id");
}

async fn texts_are_ordered_and_told_apart_by_their_bytes(cluster: &TestCluster) {
    let collation = match cluster.backend() {
        "sqlite" => "NOCASE",
        _ => "\"default\"",
    };
    cluster.execute_everywhere(&format!("CREATE TABLE t (k text COLLATE {collation})"));
    cluster.execute(0, "INSERT INTO t VALUES ('b'), ('B'), ('é'), ('e'), ('a b'), ('a-b')");
    cluster.execute(1, "INSERT INTO t VALUES ('Ä'), ('z'), ('b'), (''), ('10'), ('9')");
    let (seen, _) = surveyed(&db(cluster), &[Table::by_text("t", "k")]).await.expect("read");
    let keys: Vec<_> = seen.into_iter().map(|(key, _)| key).collect();
    let expected = ["", "10", "9", "B", "a b", "a-b", "b", "e", "z", "Ä", "é"];
    assert_eq!(keys, expected.map(text));
}

async fn rows_without_a_key_are_told_of(cluster: &TestCluster) {
    make(cluster);
    cluster.execute(1, "INSERT INTO accounts VALUES (NULL, 'x'), (NULL, 'y'), ('ada', 'z')");
    cluster.execute(1, "INSERT INTO entries VALUES (NULL, 1)");
    if cluster.backend() == "sqlite" {
        cluster.execute(2, "INSERT INTO accounts VALUES (X'616461', 'a blob, and no text')");
    }
    let (seen, keyless) = surveyed(&db(cluster), &accounts()).await.expect("all can be read");
    assert_eq!(seen.len(), 1);
    let strange = u64::from(cluster.backend() == "sqlite");
    assert_eq!(keyless.iter().map(|load| load.rows).collect::<Vec<_>>(), [0, 3, strange]);
    assert!(keyless[1].bytes > 0);
}

#[test]
fn a_file_that_is_looked_at_stays_as_it_is() {
    let cluster = TestCluster::sqlite(1);
    cluster.execute(0, "CREATE TABLE n (id bigint)");
    cluster.execute(0, "INSERT INTO n VALUES (7)");
    let file = cluster.urls()[0].strip_prefix("sqlite://").expect("it is a file");
    // Through a connection of ours every file comes to be in WAL mode; the header tells.
    let modes = |bytes: &[u8]| (bytes[18], bytes[19]);
    let mut bytes = std::fs::read(file).expect("it is there");
    assert_eq!(modes(&bytes), (2, 2), "in WAL mode");
    (bytes[18], bytes[19]) = (1, 1);
    std::fs::write(file, &bytes).expect("disk has room");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let db = db(&cluster);
    let (seen, _) = runtime.block_on(surveyed(&db, &[Table::by_int("n", "id")])).expect("read");
    assert_eq!(seen.len(), 1);
    assert_eq!(std::fs::read(file).expect("it is there"), bytes);
}

async fn a_table_that_is_not_there_is_empty(cluster: &TestCluster) {
    cluster.execute(1, "CREATE TABLE entries (account_owner text, n bigint)");
    cluster.execute(1, "INSERT INTO entries VALUES ('ada', 1)");
    let (seen, _) = surveyed(&db(cluster), &accounts()).await.expect("all can be read");
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0].0, seen[0].1[0].0), (&text("ada"), 1));
}

async fn more_keys_than_fit_in_the_channels(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE n (id bigint)");
    let numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 9000)";
    for shard in 0..3 {
        let every = format!("INSERT INTO n {numbers} SELECT i FROM c WHERE i % 3 <= {shard}");
        let every = match cluster.backend() {
            "sqlite" => every,
            _ => format!(
                "INSERT INTO n SELECT i FROM generate_series(1, 9000) i WHERE i % 3 <= {shard}"
            ),
        };
        cluster.execute(shard, &every);
    }
    let (seen, _) = surveyed(&db(cluster), &[Table::by_int("n", "id")]).await.expect("read");
    assert_eq!(seen.len(), 9000);
    for (i, (key, at)) in (1..).zip(&seen) {
        assert_eq!(*key, int(i));
        let shards: Vec<_> = at.iter().map(|(shard, _)| *shard).collect();
        assert_eq!(shards, ((i % 3) as usize..3).collect::<Vec<_>>());
    }
}

async fn a_statement_that_fails_is_that_shard_s(cluster: &TestCluster) {
    cluster.execute_everywhere("CREATE TABLE n (id bigint)");
    cluster.execute(1, "DROP TABLE n");
    cluster.execute(1, "CREATE TABLE n (other bigint)");
    let failed = surveyed(&db(cluster), &[Table::by_int("n", "id")]).await.expect_err("no column");
    let named: Vec<_> = failed.shards.iter().map(|(shard, _)| shard.as_str()).collect();
    assert_eq!(named, ["shard-1"]);
    assert!(failed.to_string().contains("a query failed on shard shard-1"), "{failed}");
}

async fn dead_shards_are_all_named(cluster: &TestCluster) {
    make(cluster);
    let db = db(cluster);
    cluster.server(0).kill();
    cluster.server(2).kill();
    let failed = surveyed(&db, &accounts()).await.expect_err("two are dead");
    let named: Vec<_> = failed.shards.iter().map(|(shard, _)| shard.as_str()).collect();
    assert_eq!(named, ["shard-0", "shard-2"]);
    for secret in cluster.secrets() {
        assert!(!failed.to_string().contains(&secret), "{failed}");
    }
}

async fn a_reader_that_goes_away_ends_the_reading(cluster: &TestCluster) {
    cluster.execute(0, "CREATE TABLE n AS SELECT i AS id FROM generate_series(1, 200000) i");
    let db = db(cluster);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        let shards: Vec<_> = db.shards().iter().collect();
        let tables = [Table::by_int("n", "id")];
        // Nobody listens any more once the survey is dropped.
        let _ = survey(&shards, &tables, |_| tell.send(()).unwrap_or(())).await;
    });
    told.recv().await.expect("the first key");
    reading.abort();
    let gone = async || {
        let sessions = cluster.rows_per_shard(
            "pg_stat_activity",
            "application_name = 'shardwright' AND pid <> pg_backend_pid()",
        );
        sessions.iter().all(|n| *n == 0)
    };
    let limit = std::time::Duration::from_secs(20);
    assert!(crate::support::both::eventually(limit, gone).await, "a session is left");
}
