use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rocket::{Request, http::Header, response, response::Responder};

/// What needs no escape in a path or a query (RFC 3986, *unreserved*).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A piece of a URL.
pub(super) fn escaped(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, PLAIN)
}

/// A page, with a `Link` to the next one if there may be one (RFC 8288).
pub(super) struct Page<T> {
    pub(super) items: T,
    pub(super) next: Option<String>,
    pub(super) headers: Vec<Header<'static>>,
}

impl<'r, 'o: 'r, T: Responder<'r, 'o>> Responder<'r, 'o> for Page<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let mut response = self.items.respond_to(request)?;
        if let Some(next) = self.next {
            response.set_header(Header::new("Link", format!("<{next}>; rel=\"next\"")));
        }
        for header in self.headers {
            response.set_header(header);
        }
        Ok(response)
    }
}
