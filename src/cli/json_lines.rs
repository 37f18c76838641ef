use std::fmt;

use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormattedFields,
        format::{JsonFields, Writer},
    },
    registry::LookupSpan,
};

/// One flat JSON object a line: the time, the level, where it comes from, the message;
/// then the fields of the spans it stands in and its own, by their names. So the id of a request is
/// `request_id` wherever the line was written.
pub(super) struct JsonLines;

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let metadata = event.metadata();
        line.insert("timestamp".into(), now.into());
        line.insert("level".into(), metadata.level().as_str().into());
        line.insert("target".into(), metadata.target().into());
        // Its place is among the first, wherever it comes from.
        line.insert("message".into(), "".into());
        let mut spans = Vec::new();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            spans.push(Value::from(span.name()));
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            if let Some(Ok(Value::Object(fields))) =
                fields.map(|fields| serde_json::from_str(&fields.fields))
            {
                line.extend(fields);
            }
        }
        event.record(&mut Fields(&mut line));
        if !spans.is_empty() {
            line.insert("spans".into(), spans.into());
        }
        writer.write_str("{")?;
        let first = FIRST.iter().filter_map(|name| line.remove_entry(*name)).collect::<Vec<_>>();
        for (place, (name, value)) in first.into_iter().chain(line).enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(writer, "{comma}{}:{value}", Value::from(name))?;
        }
        writer.write_str("}\n")
    }
}

/// What whoever reads along looks for first; the rest goes by its name.
const FIRST: [&str; 4] = ["timestamp", "level", "target", "message"];

/// Puts an event's fields into its line.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        // Lines that come from `log` say this way where they are from.
        match name.strip_prefix("log.") {
            Some("target") => drop(self.0.insert("target".to_owned(), value.into())),
            Some(_) => {}
            None => drop(self.0.insert(name.to_owned(), value.into())),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}
