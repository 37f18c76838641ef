use std::sync::Arc;

use rocket::{
    Data, Request, Route,
    route::{Handler, Outcome},
};
use tracing::{Instrument, Span, info_span};

use super::RequestId;
use crate::config::TelemetrySettings;

/// The routes, each request of theirs in a span from its guards to its answer, so that
/// every line of the log that is written for it says which request that was.
pub(super) fn traced(mut routes: Vec<Route>, settings: &TelemetrySettings) -> Vec<Route> {
    if settings.tracing {
        for route in &mut routes {
            let template = route.uri.path().into();
            let inner = route.handler.clone();
            route.handler = Box::new(Traced { inner, template });
        }
    }
    routes
}

/// A handler in its span.
#[derive(Clone)]
struct Traced {
    inner: Box<dyn Handler>,
    /// The route's, which unlike the path says nothing of anyone.
    template: Arc<str>,
}

#[rocket::async_trait]
impl Handler for Traced {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let span = self.span(request);
        self.inner.handle(request, data).instrument(span).await
    }
}

impl Traced {
    fn span(&self, request: &Request<'_>) -> Span {
        let (method, route) = (request.method().as_str(), &*self.template);
        let request_id = RequestId::of(request).as_str();
        let span = info_span!("request", method, route, request_id);
        #[cfg(feature = "otlp")]
        super::parent::adopt(&span, request);
        span
    }
}
