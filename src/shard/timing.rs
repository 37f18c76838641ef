use std::time::Instant;

use tracing::{Span, span::EnteredSpan};

use super::{Access, teller::Teller};

/// Times the blocking part of a call, and has a span for each half of it: until it has
/// its connection, and from there.
pub(super) struct Timing<'a> {
    /// Who is told; nobody of a probe.
    teller: Option<&'a Teller>,
    access: Access,
    asked: Option<Instant>,
    ready: Option<Instant>,
    span: EnteredSpan,
}

impl<'a> Timing<'a> {
    /// A permit's holder looks for its connection.
    pub(super) fn start(teller: &'a Teller, access: Access, probe: bool) -> Self {
        let teller = (!probe).then_some(teller);
        Self {
            teller,
            access,
            asked: teller.and_then(Teller::clock),
            ready: None,
            span: teller.map_or(Span::none(), Teller::connection_span).entered(),
        }
    }

    /// It has one: the closure begins, perhaps for the second time.
    pub(super) fn runs(&mut self) {
        let Some(teller) = self.teller else { return };
        self.ready = teller.clock();
        // The other one ends first, or this would be a part of it.
        self.span = Span::none().entered();
        self.span = teller.query_span(self.access).entered();
    }

    /// The closure has run.
    pub(super) fn ran(&self, now: Instant) {
        if let (Some(teller), Some(asked), Some(ready)) = (self.teller, self.asked, self.ready) {
            teller.had_connection(self.access, ready.saturating_duration_since(asked));
            teller.ran(self.access, now.saturating_duration_since(ready));
        }
    }
}
