//! Before anything is measured: all peers give the same answers.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    http,
    orders::{ORDERS, TENANTS, path},
    service::Service,
};

/// Asks every service for the same and compares with the first.
pub(crate) fn equal(services: &[(&'static str, &Service)]) -> Result<()> {
    let paths = (0..20)
        .map(|i| path(i * 9_973 % ORDERS))
        .chain((0..5).map(|i| format!("/orders/tenant-{}?limit=20", i * 397 % TENANTS)))
        .chain(["/stats".to_owned()]);
    for path in paths {
        let mut expected: Option<(&str, Value)> = None;
        for (name, service) in services {
            let answer = without_clock(http::get(&(service.url() + &path)).context(*name)?);
            match &expected {
                None => expected = Some((name, answer)),
                Some((first, expected)) if *expected != answer => {
                    bail!("{name} and {first} differ on {path}:\n{answer}\n{expected}")
                }
                Some(_) => {}
            }
        }
        substance(&path, expected.map(|(_, answer)| answer).as_ref())?;
    }
    services.iter().try_for_each(|(name, service)| written(service).context(*name))
}

/// `/stats` says since when, and that is another moment for each.
fn without_clock(mut answer: Value) -> Value {
    if let Some(since) = answer.get_mut("since") {
        *since = Value::Bool(since.is_string());
    }
    answer
}

/// Peers that are equally wrong are wrong.
fn substance(path: &str, answer: Option<&Value>) -> Result<()> {
    let Some(answer) = answer else { return Ok(()) };
    let good = match answer {
        Value::Array(rows) => rows.len() == 20,
        Value::Object(_) if path == "/stats" => answer["total_orders"] == ORDERS,
        _ => answer["order_id"].as_str().is_some_and(|id| path.ends_with(id)),
    };
    ensure!(good, "{path} is not what was stored: {answer}");
    Ok(())
}

/// An order that was taken is there, under the place it was said to be.
fn written(service: &Service) -> Result<()> {
    let body = json!({
        "tenant_id": "tenant-7", "customer_id": "customer-1", "total_cents": 1234, "currency": "EUR",
    });
    let (location, created) = http::post(&(service.url() + "/orders"), &body)?;
    let stored = http::get(&(service.url() + &location))?;
    let same = |field: &str| stored[field] == body[field];
    let whole = ["tenant_id", "customer_id", "total_cents", "currency"].into_iter().all(same);
    ensure!(
        whole && stored["order_id"] == created["order_id"] && stored["status"] == "placed",
        "{body} became {stored}, and the answer was {created}"
    );
    Ok(())
}
