use std::{cell::RefCell, fmt};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FormatFields,
        format::{DefaultFields, Writer},
    },
};

/// Fields as they come, but at once where all of them are plain words, as those of each
/// request's span are: `method=GET route=/users/<id> request_id=7`. That span is made for
/// every request and told of hardly any, and to format it the usual way was most of its cost.
#[derive(Debug, Default)]
pub(super) struct PlainFields(DefaultFields);

impl<'writer> FormatFields<'writer> for PlainFields {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        thread_local!(static LINE: RefCell<String> = const { RefCell::new(String::new()) });
        if writer.has_ansi_escapes() {
            return self.0.format_fields(writer, fields);
        }
        let written = LINE.with_borrow_mut(|line| {
            line.clear();
            let mut words = Words { line, only: true };
            fields.record(&mut words);
            // In one piece, for which there is room at once.
            words.only.then(|| writer.write_str(words.line))
        });
        written.unwrap_or_else(|| self.0.format_fields(writer, fields))
    }
}

/// Writes words down until there is anything else.
struct Words<'a> {
    line: &'a mut String,
    only: bool,
}

impl Visit for Words<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.only &= field.name() != "message" && is_word(value);
        if self.only {
            if !self.line.is_empty() {
                self.line.push(' ');
            }
            self.line.push_str(field.name());
            self.line.push('=');
            self.line.push_str(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {
        self.only = false;
    }
}

/// Whether it can stand in a line without quotes, and does nothing to a terminal.
fn is_word(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Seek},
        sync::Arc,
    };

    use tracing::{info, info_span, subscriber::with_default};
    use tracing_subscriber::{Registry, fmt, layer::SubscriberExt};

    use super::*;

    /// The line that is logged meanwhile, without time and level.
    fn logged(ansi: bool, work: impl FnOnce()) -> String {
        let file = Arc::new(tempfile::tempfile().expect("a temporary file"));
        let layer = fmt::layer().with_ansi(ansi).with_target(false).without_time();
        let layer = layer.fmt_fields(PlainFields::default()).with_writer(Arc::clone(&file));
        with_default(Registry::default().with(layer), work);
        (&*file).rewind().expect("it is a file");
        io::read_to_string(&*file).expect("text").trim().to_owned()
    }

    #[test]
    fn words_stand_without_quotes() {
        let line = logged(false, || {
            let id = String::from("7-a");
            let _span = info_span!("request", method = "GET", route = "/users/<id>", id).entered();
            info!("hello");
        });
        assert_eq!(line, "INFO request{method=GET route=/users/<id> id=7-a}: hello");
    }

    #[test]
    fn whatever_is_no_word_is_told_the_usual_way() {
        let of = |id: &str| {
            logged(false, || {
                let _span = info_span!("request", method = "GET", id).entered();
                info!("hello");
            })
        };
        assert_eq!(of("a b"), r#"INFO request{method="GET" id="a b"}: hello"#);
        assert_eq!(of(""), r#"INFO request{method="GET" id=""}: hello"#);
        assert_eq!(of("a\"b"), r#"INFO request{method="GET" id="a\"b"}: hello"#);
        assert_eq!(of("a\n\u{1b}[2J"), r#"INFO request{method="GET" id="a\n\u{1b}[2J"}: hello"#);
        assert_eq!(of("ä"), r#"INFO request{method="GET" id="ä"}: hello"#);
    }

    #[test]
    fn numbers_messages_and_fields_added_later_are_there() {
        let line = logged(false, || {
            let span = info_span!("route", keyspace = "users", shard = tracing::field::Empty);
            span.record("shard", "shard-0");
            let _span = span.entered();
            let _batch = info_span!("batch", access = "read", rows = 8).entered();
            info!(word = "yes", n = 1, "hello");
        });
        let wanted = r#"INFO route{keyspace=users shard=shard-0}:batch{access="read" rows=8}: hello word="yes" n=1"#;
        assert_eq!(line, wanted);
    }

    #[test]
    fn a_terminal_gets_its_colours() {
        let line = logged(true, || {
            let _span = info_span!("request", method = "GET").entered();
            info!("hello");
        });
        assert!(line.contains("\u{1b}[3mmethod\u{1b}[0m"), "{line:?}");
    }
}
