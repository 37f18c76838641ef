//! What is moved arrives, and nothing else changes.

use shardwright::ops::moves::{KeySum, Transfer};
use shardwright::ops::tables::StoredId;

use super::on_both;
use super::stage::{SOURCE, Stage, TARGET, ints, orders, quoted, texts, users};

on_both!(
    keys_go_and_their_neighbours_stay,
    keys_of_any_text_are_found,
    users_of_every_kind_survive,
    nothing_to_move_is_moved,
    primary_keys_that_would_collide_are_told,
);

fn keys_go_and_their_neighbours_stay(stage: &Stage) {
    for tenant in ["a", "b", "c"] {
        stage.orders(SOURCE, tenant, 3);
    }
    stage.orders(TARGET, "z", 2);
    let (before, there) = (stage.dump_all(SOURCE), stage.dump_all(TARGET));
    let moved = stage.transfer(&orders(), &texts(&["a", "c", "nobody"])).expect("they go");
    assert_eq!(moved.rows(), 8);
    assert!(moved.bytes() > 8 * 40, "{}", moved.bytes());
    let key = |key: &str| StoredId::Text(key.into());
    assert_eq!(moved.of("orders", &key("a")).rows, 3);
    assert_eq!(moved.of("order_requests", &key("c")).rows, 1);
    assert_eq!(moved.of("orders", &key("nobody")), KeySum::default());
    assert_eq!((stage.count(SOURCE, "orders"), stage.count(TARGET, "orders")), (3, 8));
    assert_eq!(stage.count(SOURCE, "order_requests"), 1);
    let (left, arrived) = (stage.dump_all(SOURCE), stage.dump_all(TARGET));
    for (at, rows) in before.into_iter().enumerate() {
        let mut expected = [rows, there[at].clone()].concat();
        let mut found = [left[at].clone(), arrived[at].clone()].concat();
        expected.sort();
        found.sort();
        assert_eq!(expected, found);
    }

    // And back.
    let mut conns = (stage.conn(TARGET), stage.conn(SOURCE));
    let back = shardwright::ops::moves::transfer(
        &mut conns.0,
        &mut conns.1,
        &orders(),
        &texts(&["c", "a"]),
    );
    assert_eq!(back.expect("they go").rows(), 8);
    assert_eq!(stage.dump_all(TARGET), there);
}

fn keys_of_any_text_are_found(stage: &Stage) {
    let long = "long ".repeat(50);
    let keys = [
        "",
        " ",
        "o'hare",
        "a\"b",
        "back\\slash",
        "\\'",
        "{x,y}",
        "NULL",
        "$1",
        "ünï-☃-🦀",
        "a\nb",
        "a\tb",
        ";--",
        "%_",
        "\u{1}",
        "a ",
        "A",
        &long,
    ];
    for key in keys {
        stage.orders(SOURCE, key, 1);
    }
    // Neither the same but for its case nor for its blank.
    stage.orders(SOURCE, "a", 1);
    let before = stage.dump_all(SOURCE);
    let moved = stage.transfer(&orders(), &texts(&keys)).expect("they go");
    assert_eq!(moved.rows(), 2 * keys.len() as u64);
    assert_eq!(stage.lines(SOURCE, "SELECT tenant_id AS line FROM orders"), ["a"]);
    let only = stage.dump_all(SOURCE);
    for (at, rows) in stage.dump_all(TARGET).into_iter().enumerate() {
        let mut all = [rows, only[at].clone()].concat();
        all.sort();
        assert_eq!(all, before[at]);
    }
}

fn users_of_every_kind_survive(stage: &Stage) {
    let texts = ["", "O'Neil \\ \"q\"", "☃ 🦀 \u{301}", &"very long ".repeat(200_000)];
    let ids = [i64::MIN, -1, 0, i64::MAX];
    for (id, text) in ids.iter().zip(texts) {
        let (text, region) = (quoted(text), if *id > 0 { "NULL" } else { "'eu'" });
        let at = "'1970-01-01 00:00:00.000001+00:00'";
        stage.run(
            SOURCE,
            &format!("INSERT INTO users VALUES ({id}, {text}, {text}, {region}, {at})"),
        );
    }
    let before = stage.dump_all(SOURCE);
    let moved = stage.transfer(&users(), &ints(&ids)).expect("they go");
    assert_eq!(moved.rows(), 4);
    assert_eq!(stage.dump_all(TARGET), before);
    assert_eq!(stage.count(SOURCE, "users"), 0);
}

fn nothing_to_move_is_moved(stage: &Stage) {
    stage.orders(SOURCE, "a", 2);
    let before = stage.dump_all(SOURCE);
    for batch in [texts(&[]), texts(&["nobody"])] {
        assert_eq!(stage.transfer(&orders(), &batch).expect("there is nothing").rows(), 0);
    }
    assert_eq!(stage.dump_all(SOURCE), before);
}

fn primary_keys_that_would_collide_are_told(stage: &Stage) {
    for shard in [SOURCE, TARGET] {
        stage.run(shard, "CREATE TABLE bare (k bigint); INSERT INTO bare VALUES (1)");
        stage.orders(shard, "it's", 2);
    }
    stage.orders(SOURCE, "b", 1);
    let [table, _] = orders();
    let batch = texts(&["it's", "b"]);
    let mut here = stage.conn(SOURCE).identities(&table, &batch).expect("it answers");
    let mut there = stage.conn(TARGET).identities(&table, &batch).expect("it answers");
    here.sort();
    there.sort();
    assert_eq!((here.len(), there.len()), (3, 2));
    assert_eq!(here[1..], there);
    assert_ne!(there[0].1, there[1].1);
    let bare = shardwright::ops::tables::Table::by_int("bare", "k");
    assert_eq!(stage.conn(SOURCE).identities(&bare, &ints(&[1])).expect("it answers"), []);
}
