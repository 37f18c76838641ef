use std::{env, io, io::IsTerminal, panic};

use clap::ValueEnum;
use tracing::{error, warn};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{Targets, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{
    args::LogFormat, discreet::is_discreet, json_lines::JsonLines, output::Usage,
    plain_fields::PlainFields,
};

/// Rocket tells every 404 as an error; what matters of it is said in our words.
const SERVICE: &str = "warn,shardwright=info,rocket=off,_=off";
/// Commands print what they have to say.
const COMMAND: &str = "warn";
const FORMAT: &str = "SHARDWRIGHT_LOG_FORMAT";

/// What is held as long as there may be something to tell.
#[must_use]
pub(super) struct Telemetry {
    #[cfg(feature = "otlp")]
    _export: Option<super::otlp::Export>,
}

/// The format asked for: by the argument, or by the environment.
pub(super) fn format(argument: Option<LogFormat>) -> anyhow::Result<LogFormat> {
    if let Some(format) = argument {
        return Ok(format);
    }
    match env::var(FORMAT) {
        Ok(text) => LogFormat::from_str(&text, false).map_err(|_| {
            Usage(format!("{FORMAT} is {text:?}; it can be \"text\" or \"json\"")).into()
        }),
        Err(_) => Ok(LogFormat::default()),
    }
}

/// Sends log lines to standard error, Rocket's own among them. `RUST_LOG` overrides
/// the level.
pub(super) fn start(format: LogFormat, serves: bool) -> Telemetry {
    let level = if serves { SERVICE } else { COMMAND };
    if format == LogFormat::Json {
        // A line that is no JSON is one that nobody reads.
        panic::set_hook(Box::new(|panic| error!("{panic}")));
    }
    #[cfg(feature = "otlp")]
    if let Some((spans, export)) = super::otlp::start().filter(|_| serves) {
        // Spans are sent at a level of their own, whatever is logged.
        let told = asked().unwrap_or_else(|| EnvFilter::new(level));
        let lines = lines(format).with_filter(told).with_filter(filter_fn(is_discreet));
        let _ = Registry::default().with(spans).with(lines).try_init();
        complain(level);
        return Telemetry { _export: Some(export) };
    }
    // A second start would find the first in place, which is as good.
    let _ = Registry::default()
        .with(lines(format))
        .with(filter(level))
        .with(filter_fn(is_discreet))
        .try_init();
    complain(level);
    Telemetry {
        #[cfg(feature = "otlp")]
        _export: None,
    }
}

/// What `RUST_LOG` asks for. Empty, as a composed environment leaves it, it asks for nothing.
fn asked() -> Option<EnvFilter> {
    understood()?.ok()
}

fn understood() -> Option<Result<EnvFilter, String>> {
    let asked = env::var_os(EnvFilter::DEFAULT_ENV)?;
    let Some(text) = asked.to_str() else { return Some(Err(format!("{asked:?} is no UTF-8"))) };
    let told = |error| format!("{text:?} can't be understood: {error}");
    (!text.trim().is_empty()).then(|| EnvFilter::try_new(text).map_err(told))
}

/// Says so if `RUST_LOG` asks for something that there is not.
fn complain(instead: &str) {
    if let Some(Err(why)) = understood() {
        warn!("RUST_LOG={why}; as if it were not set, the filter is {instead:?}");
    }
}

/// What is told. Of its two kinds of filter, the one that costs a request less has no
/// regard to what is in spans, which `RUST_LOG` may ask for.
fn filter<S>(level: &str) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    match asked() {
        Some(filter) => filter.boxed(),
        None => level.parse::<Targets>().expect("it is our own, and good").boxed(),
    }
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let layer = fmt::layer().with_writer(io::stderr);
    match format {
        LogFormat::Text => {
            let layer = layer.with_ansi(io::stderr().is_terminal()).with_target(false);
            layer.fmt_fields(PlainFields::default()).boxed()
        }
        LogFormat::Json => {
            let fields = fmt::format::JsonFields::new();
            layer.with_ansi(false).fmt_fields(fields).event_format(JsonLines).boxed()
        }
    }
}
