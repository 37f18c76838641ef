//! The rules, one by one; [`model`](super::model) tries them in any order.

use super::books::Books;

const FIRST: usize = 0;
const SECOND: usize = 1;

/// Books over two shards, each with a minimum of one.
fn two(most: u32) -> Books<&'static str> {
    Books::new(most, &[1, 1])
}

/// A claim with a connection opened for it.
fn call<W>(books: &mut Books<W>, shard: usize) {
    assert!(books.claim(shard), "there is a claim to be had");
    assert!(books.open(shard), "and a connection due to it");
}

#[test]
fn one_shard_may_have_all_but_the_others_minimum() {
    let mut books = two(5);
    (0..4).for_each(|_| call(&mut books, FIRST));
    assert!(!books.claim(FIRST), "the fifth is the other's");
    call(&mut books, SECOND);
    assert!(!books.claim(SECOND));
    assert_eq!(books.reserved(), 5);
}

#[test]
fn no_connection_is_opened_beyond_the_claims() {
    let mut books = two(9);
    call(&mut books, FIRST);
    assert!(!books.open(FIRST));
    books.end(FIRST);
    assert!(books.claim(FIRST), "by the connection there is");
    assert!(!books.open(FIRST), "and no other");
}

#[test]
fn an_idle_connection_is_lent_once_it_is_closed() {
    let mut books = two(4);
    (0..3).for_each(|_| call(&mut books, FIRST));
    (0..3).for_each(|_| books.end(FIRST));
    call(&mut books, SECOND);
    assert!(!books.claim(SECOND), "the total is open");
    books.wait(SECOND, "second").expect("it queues");
    assert_eq!((books.serve(), books.evict()), (vec![], vec![FIRST]));
    assert!(books.evict().is_empty(), "one for the one who waits");
    books.closed(FIRST);
    assert_eq!(books.serve(), [(SECOND, "second")]);
    books.evicted(FIRST);
    assert!(books.open(SECOND));
}

#[test]
fn a_minimum_is_not_lent() {
    let mut books = Books::new(3, &[2, 1]);
    (0..2).for_each(|_| call(&mut books, FIRST));
    (0..2).for_each(|_| books.end(FIRST));
    call(&mut books, SECOND);
    books.wait(SECOND, "second").expect("it queues");
    assert_eq!((books.serve(), books.evict()), (vec![], vec![]));
}

#[test]
fn the_shard_with_the_most_idle_ones_lends() {
    let mut books = Books::new(7, &[1, 1, 1]);
    (0..2).for_each(|_| call(&mut books, FIRST));
    (0..4).for_each(|_| call(&mut books, SECOND));
    books.end(FIRST);
    (0..3).for_each(|_| books.end(SECOND));
    call(&mut books, 2);
    books.wait(2, "third").expect("it queues");
    assert_eq!(books.evict(), [SECOND]);
}

/// What is about to be closed is nobody's to use: the call would find nothing,
/// and the waiter it is closed for would be none the better.
#[test]
fn what_is_leaving_is_not_handed_out() {
    let mut books = two(3);
    (0..2).for_each(|_| call(&mut books, FIRST));
    books.end(FIRST);
    call(&mut books, SECOND);
    books.wait(SECOND, "second").expect("it queues");
    assert_eq!(books.evict(), [FIRST]);
    assert!(!books.claim(FIRST));
}

#[test]
fn waiters_are_served_in_the_order_they_asked() {
    let mut books = two(3);
    (0..2).for_each(|_| call(&mut books, FIRST));
    call(&mut books, SECOND);
    for (shard, name) in [(FIRST, "a"), (SECOND, "b"), (FIRST, "c")] {
        books.wait(shard, name).expect("it queues");
    }
    books.closed(FIRST);
    books.end(FIRST);
    assert_eq!(books.serve(), [(FIRST, "a")]);
    assert_eq!(books.waiting(), [SECOND, FIRST]);
}

/// Its own connections serve a shard's own waiters first, which costs nothing; but
/// not for ever.
#[test]
fn nobody_is_overtaken_for_ever() {
    let mut books = two(3);
    (0..2).for_each(|_| call(&mut books, FIRST));
    call(&mut books, SECOND);
    books.wait(SECOND, "patient").expect("it queues");
    for _ in 0..8 {
        books.wait(FIRST, "pushing").expect("it queues");
        books.end(FIRST);
        assert_eq!(books.serve(), [(FIRST, "pushing")]);
        assert!(books.evict().is_empty());
    }
    books.wait(FIRST, "pushing").expect("it queues");
    books.end(FIRST);
    assert_eq!((books.serve(), books.evict()), (vec![], vec![FIRST]));
    books.closed(FIRST);
    assert_eq!(books.serve(), [(SECOND, "patient")]);
}

/// Who is held back for another's sake has a connection waiting, and needs none closed.
#[test]
fn nothing_is_closed_for_who_only_waits_for_the_order() {
    let mut books = two(4);
    (0..3).for_each(|_| call(&mut books, FIRST));
    call(&mut books, SECOND);
    books.wait(SECOND, "patient").expect("it queues");
    for _ in 0..8 {
        books.wait(FIRST, "pushing").expect("it queues");
        books.end(FIRST);
        assert_eq!(books.serve(), [(FIRST, "pushing")]);
    }
    books.wait(FIRST, "held back").expect("it queues");
    (0..2).for_each(|_| books.end(FIRST));
    assert_eq!((books.serve(), books.evict()), (vec![], vec![FIRST]));
    books.closed(FIRST);
    assert_eq!(books.serve(), [(SECOND, "patient")]);
    books.evicted(FIRST);
    assert_eq!(books.serve(), [(FIRST, "held back")]);
}

#[test]
fn an_eviction_is_called_off_when_the_connection_is_missed() {
    let mut books = Books::new(4, &[2, 1]);
    (0..3).for_each(|_| call(&mut books, FIRST));
    (0..3).for_each(|_| books.end(FIRST));
    call(&mut books, SECOND);
    books.wait(SECOND, "second").expect("it queues");
    assert_eq!(books.evict(), [FIRST]);
    assert!(books.still_lends(FIRST));
    books.closed(FIRST);
    assert!(!books.still_lends(FIRST), "another one is gone, and the rest is its minimum");
}

#[test]
fn a_waiter_that_left_takes_nothing() {
    let mut books = two(2);
    call(&mut books, FIRST);
    let ticket = books.wait(FIRST, "gone").expect("it queues");
    books.wait(FIRST, "here").expect("it queues");
    books.forget(ticket);
    books.end(FIRST);
    assert_eq!(books.serve(), [(FIRST, "here")]);
}

#[test]
fn a_closed_shard_queues_nobody() {
    let mut books = two(2);
    call(&mut books, FIRST);
    books.wait(FIRST, "turned away").expect("it queues");
    books.close(FIRST);
    assert_eq!(books.waiting(), [] as [usize; 0]);
    assert_eq!(books.wait(FIRST, "too late"), None);
}
