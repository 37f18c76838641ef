//! Takes on the trace that a caller says its request belongs to.

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::{Context, propagation::Extractor, trace::TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use rocket::Request;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes the span a part of the caller's trace, if `traceparent` names one.
pub(super) fn adopt(span: &Span, request: &Request<'_>) {
    if request.headers().get_one("traceparent").is_none() {
        return;
    }
    let context =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(request));
    if context.span().span_context().is_valid() {
        // Without a layer that sends traces there is nothing to make it a part of.
        let _ = span.set_parent(context);
    }
}

struct Headers<'a, 'r>(&'a Request<'r>);

impl Extractor for Headers<'_, '_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.headers().get_one(key)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}
