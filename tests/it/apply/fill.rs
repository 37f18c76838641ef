//! Rows put where the rule has them, past the service and many at a time.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use diesel::connection::SimpleConnection;

use super::{rules::Placement, truth::Key};
use crate::support::cluster::TestCluster;

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) tenants: usize,
    pub(super) orders_each: usize,
    pub(super) users: usize,
}

/// Enough for a run of many batches.
pub(super) const MODEST: Size = Size { tenants: 100, orders_each: 4, users: 200 };

/// Rows in one statement.
const AT_ONCE: usize = 500;
const REGIONS: [&str; 3] = ["eu", "us", "asia"];
const STATUSES: [&str; 5] = ["placed", "paid", "shipped", "delivered", "cancelled"];
/// What is lost where text is not handled as what it is.
const TEXTS: [&str; 5] = ["plain", "O''Neil \\ \"q\"", "☃ 🦀 \u{301}", "", "\\N\ta, b\n"];

/// Values by table, each with the shard they go to.
type Values = BTreeMap<(usize, &'static str), Vec<String>>;

/// Orders, some requests, and users with a region; the same rows every time but for their dates.
pub(super) fn fill(cluster: &TestCluster, by: &Placement, size: Size) {
    let mut values = Values::new();
    let uuid = |n: usize| {
        let n = 0x0190_0000_0000_7000_8000_0000_0000_0000_u128 + n as u128;
        match cluster.backend() {
            "sqlite" => format!("X'{n:032x}'"),
            _ => format!("'{n:032x}'"),
        }
    };
    for tenant in 0..size.tenants {
        let key = Key { keyspace: "orders", id: format!("tenant-{tenant}"), region: None };
        let (home, id) = (by.home(&key), key.id);
        for n in tenant * size.orders_each..(tenant + 1) * size.orders_each {
            let (text, status) = (TEXTS[n % 5], STATUSES[n % 7 % 5]);
            let currency = ["EUR", "USD", "JPY"][n % 3];
            values.entry((home, "orders")).or_default().push(format!(
                "('{id}', {}, 'c-{n} {text}', '{status}', {}, '{currency}', '{}')",
                uuid(n),
                n * 37 % 100_000,
                date(n)
            ));
        }
        if tenant % 3 == 0 {
            let (text, order) = (TEXTS[tenant % 5], uuid(tenant * size.orders_each));
            values.entry((home, "order_requests")).or_default().push(format!(
                "('{id}', 'key {text}', '{{\"a\": 1}}', {order}, '{}')",
                date(tenant)
            ));
        }
    }
    for n in 0..size.users {
        let (id, region) = (n * (100_000 / size.users), REGIONS[n % 7 % 3]);
        let key = Key { keyspace: "users", id: id.to_string(), region: Some(region.to_owned()) };
        values.entry((by.home(&key), "users")).or_default().push(format!(
            "({id}, 'name {}', 'u{n}@example.org', '{region}', '{}')",
            TEXTS[n % 5],
            date(n)
        ));
    }
    for ((shard, table), rows) in values {
        let statements = rows
            .chunks(AT_ONCE)
            .map(|rows| format!("INSERT INTO {table} VALUES {};", rows.join(", ")));
        let sql = format!("BEGIN; {} COMMIT;", statements.collect::<String>());
        cluster.connection(shard).batch_execute(&sql).expect("the rows are good");
    }
}

/// Every second one within the 30 days that `/stats` looks at, none near their end.
fn date(n: usize) -> String {
    let days = if n.is_multiple_of(2) { n % 20 } else { 40 + n % 20 };
    let age = TimeDelta::days(days as i64) + TimeDelta::microseconds(n as i64 + 1);
    (Utc::now() - age).format("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string()
}
