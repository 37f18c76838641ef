//! Single inserts and sums, too, are prepared once.

use super::warm::{assert_prepared_once, inserts, said};

#[test]
fn sums_are_prepared_once() {
    assert_prepared_once(&said(async |app, _| drop(app.get("/stats").await.expect(200))));
}

#[test]
fn inserts_are_prepared_once() {
    assert_prepared_once(&said(inserts));
}
