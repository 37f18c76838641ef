//! Orders and users, stored and found together.

use diesel::result::{DatabaseErrorKind, Error::DatabaseError};
use shardwright::cluster::Error;
use shardwright::store::orders::Order;
use shardwright::store::types::{OrderId, OrderKey};
use shardwright::store::users::User;

use super::rows::{order, order_key, user, user_key};
use super::stage::{all_permits_are_back, at_once, service};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    users_come_back_as_they_were_stored,
    orders_come_back_as_they_were_stored,
    users_and_orders_in_error_fail_alone,
);

async fn users_come_back_as_they_were_stored(cluster: &TestCluster) {
    let db = &service(cluster, 3).await;
    let mut users: Vec<_> = (0..150).flat_map(|id| [user(id), user(50_000 + id)]).collect();
    users.extend([user(i64::MIN), user(i64::MAX), user(-1)]);
    let insert = |user: &User| {
        let (db, user) = (db.clone(), user.clone());
        async move { db.insert(user).await }
    };
    for outcome in at_once(users.iter().map(insert)).await {
        outcome.expect("nothing is in its way");
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [152, 151, 0]);
    let find = |id: i64| {
        let db = db.clone();
        async move { db.find::<User>(user_key(id)).await }
    };
    let asked: Vec<_> = users.iter().chain(users.iter().step_by(7)).collect();
    let found = at_once(asked.iter().map(|user| find(user.id))).await;
    for (user, row) in asked.into_iter().zip(found) {
        assert_eq!(row.expect("the shard is up").as_ref(), Some(user));
    }
    for row in at_once((1000..1100).map(find)).await {
        assert_eq!(row.expect("the shard is up"), None);
    }
    all_permits_are_back(db).await;
}

async fn orders_come_back_as_they_were_stored(cluster: &TestCluster) {
    let db = &service(cluster, 3).await;
    let tenant = |n: i64| format!("tenant-{}", n % 20);
    let mut orders: Vec<_> = (0..300).map(|n| order(&tenant(n), n)).collect();
    // Of two tenants with an order of the same id, each has its own.
    let twin = Order { order_id: orders[0].order_id, ..order(&tenant(1), i64::MAX) };
    orders.push(twin);
    let insert = |order: &Order| {
        let (db, order) = (db.clone(), order.clone());
        async move { db.insert(order).await }
    };
    for outcome in at_once(orders.iter().map(insert)).await {
        outcome.expect("nothing is in its way");
    }
    let stored: i64 = cluster.rows_per_shard("orders", "total_cents >= 0").iter().sum();
    assert_eq!(stored, 301);
    let find = |key: OrderKey| {
        let db = db.clone();
        async move { db.find::<Order>(key).await }
    };
    let asked: Vec<_> = orders.iter().chain(orders.iter().step_by(7)).collect();
    let found = at_once(asked.iter().map(|order| find(order_key(order)))).await;
    for (order, row) in asked.into_iter().zip(found) {
        assert_eq!(row.expect("the shard is up").as_ref(), Some(order));
    }
    let absent = orders.iter().map(|order| OrderKey { order: OrderId::new(), ..order_key(order) });
    for row in at_once(absent.map(find)).await {
        assert_eq!(row.expect("the shard is up"), None);
    }
    all_permits_are_back(db).await;
}

async fn users_and_orders_in_error_fail_alone(cluster: &TestCluster) {
    let db = &service(cluster, 3).await;
    for round in 0..5 {
        let id = move |n: i64| round * 100 + if n == 39 { 0 } else { n };
        let users = (0..40).map(|n| {
            let db = db.clone();
            async move { db.insert(user(id(n))).await }
        });
        let users = at_once(users).await;
        let taken: Vec<_> = (0..40).filter(|n| users[*n].is_err()).collect();
        assert!(taken == [0] || taken == [39], "{taken:?}");
        assert!(is(&users[taken[0]], &DatabaseErrorKind::UniqueViolation), "{users:?}");

        let first = order("acme", 0);
        let orders = (0..40).map(|n: i64| {
            let order = match n {
                7 => order("acme", -1),
                39 => first.clone(),
                0 => first.clone(),
                _ => order("acme", n),
            };
            let db = db.clone();
            async move { db.insert(order).await }
        });
        let orders = at_once(orders).await;
        let failed: Vec<_> = (0..40).filter(|n| orders[*n].is_err()).collect();
        assert!(failed == [0, 7] || failed == [7, 39], "{failed:?}");
        assert!(is(&orders[7], &DatabaseErrorKind::CheckViolation), "{orders:?}");
        let other = if failed[0] == 0 { 0 } else { 39 };
        assert!(is(&orders[other], &DatabaseErrorKind::UniqueViolation), "{orders:?}");
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [5 * 39, 0, 0]);
    assert_eq!(cluster.rows_per_shard("orders", "total_cents >= 0").iter().sum::<i64>(), 5 * 38);
    all_permits_are_back(db).await;
}

fn is(outcome: &Result<(), Error>, kind: &DatabaseErrorKind) -> bool {
    let Err(Error::Shard(error)) = outcome else { return false };
    let Some(DatabaseError(found, _)) = error.query() else { return false };
    format!("{found:?}") == format!("{kind:?}")
}
