use std::{
    array,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use rocket::{
    Data, Orbit, Request, Response, Rocket,
    fairing::{Fairing, Info, Kind},
    http::{Method, Status},
};
use tracing::debug;

use super::registry::Families;
use crate::http::request_id::RequestId;

/// The route of what no route takes.
const UNMATCHED: &str = "unmatched";

/// What is counted of requests.
pub(in crate::http) struct RequestMeters {
    counts: IntCounterVec,
    durations: HistogramVec,
}

impl RequestMeters {
    pub(super) fn new(families: &Families) -> Self {
        Self {
            counts: families.counters(
                "shardwright_http_requests_total",
                "Requests that were answered, by the template of their route.",
                &["method", "route", "status"],
            ),
            durations: families.seconds(
                "shardwright_http_request_duration_seconds",
                "How long requests took, from their arrival until there was an answer to send.",
                &["method", "route"],
            ),
        }
    }
}

/// Counts every answer, and has a line for each in the log of who wants to see them.
pub(in crate::http) struct Requests {
    meters: Option<Arc<RequestMeters>>,
    /// By the route's template, then by the method; filled once all routes are known.
    routes: OnceLock<HashMap<String, Vec<(Method, Series)>>>,
    unmatched: OnceLock<Series>,
}

/// The series of one route, made as its answers come.
struct Series {
    method: &'static str,
    route: String,
    duration: OnceLock<Histogram>,
    /// By the hundreds of the status, then by the rest.
    counts: [OnceLock<Box<Hundred>>; 5],
}

type Hundred = [OnceLock<IntCounter>; 100];

impl Series {
    fn new(method: Method, route: &str) -> Self {
        let counts = array::from_fn(|_| OnceLock::new());
        Self { method: method.as_str(), route: route.to_owned(), duration: OnceLock::new(), counts }
    }

    fn count(&self, meters: &RequestMeters, status: Status, seconds: f64) {
        let duration = || meters.durations.with_label_values(&[self.method, &self.route]);
        self.duration.get_or_init(duration).observe(seconds);
        let (hundreds, rest) = (usize::from(status.code / 100), usize::from(status.code % 100));
        let hundred = self.counts.get(hundreds.wrapping_sub(1)).unwrap_or(&self.counts[4]);
        let hundred = hundred.get_or_init(|| Box::new(array::from_fn(|_| OnceLock::new())));
        let count = || {
            meters.counts.with_label_values(&[self.method, &self.route, &status.code.to_string()])
        };
        hundred[rest].get_or_init(count).inc();
    }
}

impl Requests {
    pub(in crate::http) fn new(meters: Option<Arc<RequestMeters>>) -> Self {
        Self { meters, routes: OnceLock::new(), unmatched: OnceLock::new() }
    }

    fn series(&self, request: &Request<'_>) -> &Series {
        let known = request.route().and_then(|route| {
            let methods = self.routes.get()?.get(route.uri.as_str())?;
            methods.iter().find(|(method, _)| route.method.is_none_or(|own| own == *method))
        });
        // What was made up for a method is no reason for a series.
        let unmatched = || Series::new(Method::Get, UNMATCHED);
        known.map_or_else(|| self.unmatched.get_or_init(unmatched), |(_, series)| series)
    }
}

#[rocket::async_trait]
impl Fairing for Requests {
    fn info(&self) -> Info {
        Info { name: "requests counted", kind: Kind::Liftoff | Kind::Request | Kind::Response }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let mut routes: HashMap<String, Vec<(Method, Series)>> = HashMap::new();
        for route in rocket.routes() {
            let uri = route.uri.as_str().to_owned();
            let method = route.method.unwrap_or(Method::Get);
            let series = Series::new(method, &uri);
            routes.entry(uri).or_default().push((method, series));
        }
        // It lifts off once.
        let _ = self.routes.set(routes);
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        RequestId::of(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let (id, status) = (RequestId::of(request), response.status());
        let took = id.age();
        if let Some(meters) = &self.meters {
            self.series(request).count(meters, status, took.as_secs_f64());
        }
        debug!(
            target: "shardwright::access",
            request_id = id.as_str(),
            method = %request.method(),
            path = %request.uri().path(),
            status = status.code,
            took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    }
}
