use rocket::{
    Data, Request,
    fairing::{Fairing, Info, Kind},
    http::Method,
};

const OVERRIDE: &[u8] = b"_method=";

/// Takes back what Rocket makes of a form that says `_method=delete`: a DELETE.
/// A page anywhere can send a form to this machine without asking first, and a
/// JSON API has no use for it.
pub(super) struct NoMethodOverride;

#[rocket::async_trait]
impl Fairing for NoMethodOverride {
    fn info(&self) -> Info {
        Info { name: "no method override", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        let is_form = request.content_type().is_some_and(|kind| kind.is_form());
        if is_form && data.peek(OVERRIDE.len()).await.starts_with(OVERRIDE) {
            request.set_method(Method::Post);
        }
    }
}
