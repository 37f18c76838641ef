//! The spans of a test, each with those it stands in.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Span, Subscriber, error_span};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// Every span that has ended, from its root down: `root 7 > route keyspace=items > query`.
#[derive(Clone, Default)]
pub(crate) struct Paths(Arc<Mutex<Vec<String>>>);

/// What a span is called, with its fields.
struct Title(String);

impl Paths {
    /// Those of this process, and a span for what a test does, to know its own by.
    pub(crate) fn watch(test: &str) -> (Paths, Span) {
        static PATHS: OnceLock<Paths> = OnceLock::new();
        let paths = PATHS.get_or_init(|| {
            let paths = Paths::default();
            let all = Registry::default().with(paths.clone());
            tracing::subscriber::set_global_default(all).expect("nobody else sets one");
            paths
        });
        (paths.clone(), error_span!("root", test))
    }

    /// Those below the root of that test, without it, sorted.
    pub(crate) fn below(&self, test: &str) -> Vec<String> {
        let paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let root = format!("root test={test} > ");
        let mut below: Vec<_> =
            paths.iter().filter_map(|path| path.strip_prefix(&root)).map(str::to_owned).collect();
        below.sort();
        below
    }

    /// Those that begin with a span of that name.
    pub(crate) fn under(&self, name: &str) -> Vec<String> {
        let paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paths.iter().filter(|path| path.starts_with(name)).cloned().collect()
    }
}

impl Visit for Title {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {}={value}", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Paths {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).expect("it is new");
        let mut title = Title(span.name().to_owned());
        attributes.record(&mut title);
        span.extensions_mut().insert(title);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).expect("it lives");
        if let Some(title) = span.extensions_mut().get_mut::<Title>() {
            values.record(title);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let titles: Vec<_> = context
            .span_scope(&id)
            .into_iter()
            .flat_map(|scope| scope.from_root())
            .filter_map(|span| span.extensions().get::<Title>().map(|title| title.0.clone()))
            .collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(titles.join(" > "));
    }
}
