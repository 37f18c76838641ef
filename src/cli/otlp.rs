//! Spans sent by OTLP, where the environment names a collector.

use std::env;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Subscriber, warn};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// The variables that name a collector; OpenTelemetry reads them by itself.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// Sends what is left when it is dropped.
pub(super) struct Export(SdkTracerProvider);

impl Drop for Export {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            warn!(%error, "the last spans could not be sent");
        }
    }
}

/// What sends all spans of ours, if there is someone to send them to.
pub(super) fn start<S>() -> Option<(impl Layer<S>, Export)>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let named = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    ENDPOINTS.into_iter().find(|name| named(name))?;
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
    let exporter = exporter.inspect_err(|error| warn!(%error, "spans can't be sent")).ok()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name(service()).build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("shardwright"))
        .with_filter(Targets::new().with_target("shardwright", tracing::Level::DEBUG));
    Some((layer, Export(provider)))
}

/// What the service is called there, unless the environment says otherwise.
fn service() -> String {
    env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "shardwright".to_owned())
}
