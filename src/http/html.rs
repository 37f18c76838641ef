use rocket::{
    Request,
    http::Header,
    response::{self, Responder, content::RawHtml},
};

/// A page of plain HTML: it runs nothing and loads nothing.
#[derive(Debug)]
pub(super) struct Html(pub(super) String);

impl<'r> Responder<'r, 'static> for Html {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = RawHtml(self.0).respond_to(request)?;
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'none'";
        response.set_header(Header::new("Content-Security-Policy", policy));
        Ok(response)
    }
}
