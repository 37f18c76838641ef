//! What clients ask, and how an answer tells of an order.

use hyper::Method;
use serde_json::{Value, json};

use super::ledger::{Known, STEPS};
use super::wire::Call;

/// The order as it is posted.
pub(super) fn body(order: &Known) -> Value {
    let Known { tenant, customer, total, currency, .. } = order;
    json!({
        "tenant_id": tenant, "customer_id": customer, "total_cents": total, "currency": currency,
    })
}

/// Where it is, once it was acknowledged.
pub(super) fn path(order: &Known) -> String {
    format!("/orders/{}/{}", order.tenant, order.order_id)
}

/// A request that changes nothing.
pub(super) fn get(path: String) -> Call {
    Call { method: Method::GET, path, idempotency_key: None, body: None }
}

/// A new order, which asked for again under the same key is made once.
pub(super) fn post(body: &Value, key: &str) -> Call {
    let idempotency_key = Some(key.to_owned());
    Call {
        method: Method::POST,
        path: "/orders".to_owned(),
        idempotency_key,
        body: Some(body.clone()),
    }
}

/// Whether an answer tells of the order what is known of it.
pub(super) fn shows(json: &Value, order: &Known) -> bool {
    let step = STEPS.iter().position(|step| json["status"] == *step);
    json["order_id"] == order.order_id.as_str()
        && json["customer_id"] == order.customer.as_str()
        && json["total_cents"] == order.total
        && json["currency"] == order.currency.as_str()
        && step.is_some_and(|step| (order.reached..=order.tried).contains(&step))
}

/// A step of an order.
pub(super) fn patch(order: &Known, step: &str) -> Call {
    let body = Some(json!({ "status": step }));
    Call { method: Method::PATCH, path: path(order), idempotency_key: None, body }
}
