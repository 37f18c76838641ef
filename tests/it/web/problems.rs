//! Problem documents of an application's own.

use rocket::http::Status;
use rocket::{get, routes};
use serde_json::json;
use shardwright::web::{FieldError, Problem, ProblemTypes};

use super::{BY_HASH, fairing, launched, rocket};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    its_own_kinds_have_their_own_types,
    its_types_can_lead_elsewhere,
    what_rocket_answers_is_a_problem_too,
);

#[get("/sold-out")]
fn sold_out() -> Problem {
    let kind = "https://shop.example/problems/sold-out";
    Problem::of_type(kind, Status::Conflict, "Sold out", "no tea today").with("left", 0)
}

#[get("/invalid")]
fn invalid() -> Problem {
    let wrong = |field: &str| FieldError { field: field.into(), message: "is wrong".into() };
    Problem::invalid(vec![wrong("one"), wrong("two")])
}

#[get("/panic")]
fn panics() -> String {
    panic!("as it is meant to")
}

#[get("/secret")]
fn secret() -> Problem {
    Problem::internal("the password is swordfish")
}

async fn its_own_kinds_have_their_own_types(cluster: &TestCluster) {
    let app = rocket(cluster, BY_HASH, fairing()).mount("/", routes![sold_out, invalid]);
    let app = launched(cluster, app).await;
    let answer = app.get("/sold-out").await.expect(409);
    let id = answer.str("request_id");
    assert_eq!(
        answer.json,
        json!({
            "type": "https://shop.example/problems/sold-out", "title": "Sold out", "status": 409,
            "detail": "no tea today", "request_id": id, "left": 0,
        })
    );
    let answer = app.get("/invalid").await.expect(422);
    assert_eq!(answer.str("detail"), "one is wrong; two is wrong");
    assert_eq!(answer.json["errors"][1], json!({ "field": "two", "message": "is wrong" }));
}

async fn its_types_can_lead_elsewhere(cluster: &TestCluster) {
    let types = ProblemTypes::under("https://docs.example/errors#");
    let app = rocket(cluster, BY_HASH, fairing()).mount("/", routes![sold_out]).manage(types);
    let app = launched(cluster, app).await;
    let missing = app.get("/nowhere").await.expect(404);
    assert_eq!(missing.str("type"), "https://docs.example/errors#not-found");
    let own = app.get("/sold-out").await.expect(409);
    assert_eq!(own.str("type"), "https://shop.example/problems/sold-out");
}

async fn what_rocket_answers_is_a_problem_too(cluster: &TestCluster) {
    let app = rocket(cluster, BY_HASH, fairing()).mount("/", routes![panics, secret]);
    let app = launched(cluster, app).await;
    assert_eq!(app.get("/nowhere").await.expect(404).str("type"), "/problems/not-found");
    for path in ["/panic", "/secret"] {
        let answer = app.client().get(path).dispatch().await;
        assert_eq!(answer.status(), Status::InternalServerError);
        let text = answer.into_string().await.expect("a document");
        assert!(text.contains("/problems/internal"), "{text}");
        assert!(!text.contains("meant to") && !text.contains("swordfish"), "{text}");
    }
}
