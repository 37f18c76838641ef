use rocket::{
    Data, Request,
    fairing::{Fairing, Info, Kind},
    http::Method,
};

const OVERRIDE: &[u8] = b"_method=";
/// How far into the body Rocket looks for it.
const LOOKED_AT: usize = b"_method=delete".len();

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
        if is_form && says_so(data.peek(LOOKED_AT).await) {
            request.set_method(Method::Post);
        }
    }
}

/// Whether the form's first field is that, whatever stands before it that is no field.
fn says_so(form: &[u8]) -> bool {
    let first = form.iter().position(|byte| *byte != b'&').unwrap_or(form.len());
    form[first..].starts_with(OVERRIDE)
}
