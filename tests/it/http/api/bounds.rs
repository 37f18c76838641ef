//! The bounds that the description names are those that the service enforces: at each the value
//! is taken, and beyond it refused.

use rocket::http::{ContentType, Header};
use serde_json::{Value, json};

use super::super::{create, order_of, segment, user};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::spec::{Operation, resolved};

both_backends!(
    fields_of_bodies_have_their_bounds,
    parameters_have_their_bounds,
    a_key_has_its_bounds,
    a_whole_number_may_be_written_with_a_point,
);

/// Values on either side of every bound of a schema, and whether they are within.
fn samples(name: &str, schema: &'static Value) -> Vec<(Value, bool)> {
    let schema = resolved(schema);
    let text = |length: u64| {
        let length = usize::try_from(length).expect("not so long");
        // Characters count, not bytes.
        Value::from(match name {
            "email" if length > 2 => format!("ä@{}", "b".repeat(length - 2)),
            "currency" => "E".repeat(length),
            "Idempotency-Key" => "k".repeat(length),
            _ => "ü".repeat(length),
        })
    };
    let mut samples = Vec::new();
    if let Some(least) = schema["minLength"].as_u64() {
        samples.extend([(text(least), true), (text(least - 1), false)]);
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        samples.extend([(text(most), true), (text(most + 1), false)]);
    }
    let number = |n: i128| serde_json::from_str(&n.to_string()).expect("a number");
    if let Some(least) = schema["minimum"].as_i64() {
        samples.extend([(number(least.into()), true), (number(i128::from(least) - 1), false)]);
    }
    if let Some(most) = schema["maximum"].as_i64() {
        samples.extend([(number(most.into()), true), (number(i128::from(most) + 1), false)]);
    }
    if schema["pattern"].is_string() && !["email", "currency"].contains(&name) {
        samples.extend(["a\u{0}", "a\u{1f}b", "\u{7f}", "\u{9f}"].map(|bad| (json!(bad), false)));
    }
    let null = schema["type"].as_array().is_some_and(|of| of.contains(&json!("null")));
    samples.push((Value::Null, null));
    assert!(samples.len() > 1 || schema["enum"].is_array(), "{name} has no bounds: {schema}");
    samples
}

/// The operation at a path.
fn operation(method: &str, path: &str) -> Operation {
    let all = Operation::at(path).into_iter();
    all.into_iter().find(|o| o.method == method).expect("it is described")
}

async fn fields_of_bodies_have_their_bounds(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let order = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    let mut ids = 100..;
    for (method, path, whole) in [
        ("post", "/orders", order_of("acme")),
        ("post", "/users", user(0)),
        ("patch", &order, json!({ "status": "placed" })),
    ] {
        let body = &operation(method, path).value["requestBody"]["content"]["application/json"];
        let schema = resolved(&body["schema"]);
        let required = schema["required"].as_array().expect("some are");
        let mut send = async |mut body: Value, fixed: &str| {
            // A user's id can be used once.
            if path == "/users" && fixed != "id" {
                body["id"] = json!(ids.next());
            }
            match method {
                "patch" => app.patch(path, &body).await,
                _ => app.post(path, &body).await,
            }
        };
        for (name, rule) in schema["properties"].as_object().expect("by name") {
            for (value, within) in samples(name, rule) {
                let mut body = whole.clone();
                body[name] = value;
                let answer = send(body, name).await;
                assert_eq!(answer.status < 300, within, "{name}: {answer}");
                assert!(within || answer.json["errors"][0]["field"] == *name, "{answer}");
            }
            let mut without = whole.clone();
            without.as_object_mut().expect("an object").remove(name);
            let answer =
                send(without, if required.contains(&json!(name)) { "id" } else { "" }).await;
            assert_eq!(answer.status < 300, !required.contains(&json!(name)), "{name}: {answer}");
        }
        assert_eq!(schema["additionalProperties"], false);
        let mut more = whole.clone();
        more["unheard_of"] = json!(1);
        send(more, "").await.expect_fault("unheard_of");
    }
}

async fn parameters_have_their_bounds(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.post("/users", &user(7)).await.expect(201);
    let order = create(&app, &order_of("acme")).await;
    for path in [
        "/orders/acme",
        "/users",
        "/users/7",
        "/stats",
        "/route/orders/acme",
        &format!("/orders/acme/{order}"),
    ] {
        let parameters = operation("get", path).value["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let schema = &parameter["schema"];
            if schema["oneOf"].is_array() || ["after", "order_id", "keyspace"].contains(&name) {
                continue;
            }
            for (value, within) in samples(name, schema) {
                if value.is_null() {
                    continue;
                }
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let address = match parameter["in"].as_str() {
                    Some("query") => format!("{path}?{name}={}", segment(&text)),
                    // An empty piece is another path.
                    _ if text.is_empty() => continue,
                    _ if name == "id" => format!("/users/{}", segment(&text)),
                    _ => path.replace("acme", &segment(&text)),
                };
                let answer = app.get(&address).await;
                assert_eq!(answer.status == 422, !within, "{name}: {answer}");
            }
        }
    }
}

async fn a_key_has_its_bounds(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let parameters = &operation("post", "/orders").value["parameters"];
    let key = parameters.as_array().and_then(|all| all.iter().find(|p| p["in"] == "header"));
    let samples = samples("Idempotency-Key", &key.expect("it is described")["schema"]);
    let odd = ["ü", "a\u{7f}", "☃"].map(|bad| (json!(bad), false));
    for (value, within) in samples.into_iter().chain(odd).filter(|(value, _)| value.is_string()) {
        let header = Header::new("Idempotency-Key", value.as_str().expect("text").to_owned());
        let request = app.client().post("/orders").header(ContentType::JSON).header(header);
        let answer = app.send(request.body(order_of("acme").to_string())).await;
        assert_eq!(answer.status < 300, within, "{value}: {answer}");
    }
}

/// To JSON Schema `7.0` is an integer. What may be read as its neighbour is refused.
async fn a_whole_number_may_be_written_with_a_point(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let whole = order_of("acme").to_string();
    for (number, taken) in [
        ("7.0", Some(7_i64)),
        ("1e3", Some(1000)),
        ("-0.0", Some(0)),
        ("281474976710655.0", Some(281_474_976_710_655)),
        ("281474976710656.0", None),
        // Read as its neighbour.
        ("9007199254740991.0", None),
        ("1e18", None),
        ("7.5", None),
        ("-1.0", None),
    ] {
        let body = whole.replace("1999", number);
        let answer = app.post_text("/orders", body).await;
        match taken {
            Some(cents) => {
                let made = answer.expect(201);
                let order =
                    app.get(made.header("Location").expect("where it is")).await.expect(200);
                assert_eq!(order.json["total_cents"], cents, "{number}");
            }
            None => drop(answer.expect_fault("total_cents")),
        }
    }
}
