//! The few requests that are no load: readiness and equality.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::Agent;

fn agent() -> Agent {
    Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).build().into()
}

/// The JSON of a successful answer.
pub(crate) fn get(url: &str) -> Result<Value> {
    agent()
        .get(url)
        .call()
        .and_then(|mut answer| answer.body_mut().read_json())
        .with_context(|| format!("GET {url}"))
}

/// The `Location` and the JSON of a 201.
pub(crate) fn post(url: &str, body: &Value) -> Result<(String, Value)> {
    let mut answer = agent().post(url).send_json(body).with_context(|| format!("POST {url}"))?;
    anyhow::ensure!(answer.status() == 201, "POST {url}: {}", answer.status());
    let location = answer.headers().get("Location").context("no Location")?.to_str()?.to_owned();
    Ok((location, answer.body_mut().read_json()?))
}
