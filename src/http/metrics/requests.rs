use std::{
    array,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use rocket::{
    Orbit, Request, Response, Rocket,
    fairing::{Fairing, Info, Kind},
    http::{Method, Status},
};
use tracing::debug;

use super::registry::Families;
use crate::http::RequestId;

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
    routes: OnceLock<Routes>,
}

/// The series of one route, made as its answers come.
struct Series {
    method: &'static str,
    route: String,
    duration: OnceLock<Histogram>,
    /// By the hundreds of the status, then by the rest.
    counts: [OnceLock<Box<Hundred>>; 5],
}

/// Every method that Rocket knows.
const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

type Routes = HashMap<String, Vec<(Method, Series)>>;

/// Adds a route, for its method or for all.
fn add(routes: &mut Routes, template: &str, method: Option<Method>) {
    let methods = METHODS.into_iter().filter(|each| method.is_none_or(|method| method == *each));
    let series = methods.map(|method| (method, Series::new(method, template)));
    routes.entry(template.to_owned()).or_default().extend(series);
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
        self.counter(meters, status).inc();
    }

    fn counter(&self, meters: &RequestMeters, status: Status) -> &IntCounter {
        let (hundreds, rest) = (usize::from(status.code / 100), usize::from(status.code % 100));
        let hundred = self.counts.get(hundreds.wrapping_sub(1)).unwrap_or(&self.counts[4]);
        let hundred = hundred.get_or_init(|| Box::new(array::from_fn(|_| OnceLock::new())));
        let count = || {
            meters.counts.with_label_values(&[self.method, &self.route, &status.code.to_string()])
        };
        hundred[rest].get_or_init(count)
    }
}

impl Requests {
    pub(in crate::http) fn new(meters: Option<Arc<RequestMeters>>) -> Self {
        Self { meters, routes: OnceLock::new() }
    }

    fn series(&self, request: &Request<'_>) -> Option<&Series> {
        let routes = self.routes.get()?;
        let of = |template: &str, method: Method| {
            let methods = routes.get(template)?;
            methods.iter().find(|(own, _)| *own == method).map(|(_, series)| series)
        };
        let matched = request.route().and_then(|route| of(route.uri.path(), route.method));
        matched.or_else(|| of(UNMATCHED, request.method()))
    }
}

#[rocket::async_trait]
impl Fairing for Requests {
    fn info(&self) -> Info {
        Info { name: "requests counted", kind: Kind::Liftoff | Kind::Response }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let mut routes = Routes::new();
        for route in rocket.routes() {
            add(&mut routes, route.uri.path(), Some(route.method));
        }
        // There from the start, or the first one would be no increase that an alert sees.
        if let Some(meters) = &self.meters {
            for (_, series) in routes.values().flatten() {
                series.counter(meters, Status::InternalServerError);
            }
        }
        add(&mut routes, UNMATCHED, None);
        // It lifts off once.
        let _ = self.routes.set(routes);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let (id, status) = (RequestId::of(request), response.status());
        let took = id.age();
        if let (Some(meters), Some(series)) = (&self.meters, self.series(request)) {
            series.count(meters, status, took.as_secs_f64());
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
