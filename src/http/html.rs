//! What all pages have in common: their head, and what a browser may do with them.

use maud::{DOCTYPE, Markup, html};
use rocket::{
    Request, Response,
    http::Header,
    response::{self, Responder, content::RawHtml},
};

/// A page, or a piece of one, with what must go with it.
#[derive(Debug)]
pub(super) struct Html {
    markup: Markup,
    may: &'static str,
    cache: &'static str,
}

impl Html {
    /// Whatever it holds, a browser does with it what `may` says, in the words of a
    /// `Content-Security-Policy`, and nothing else.
    pub(super) const fn new(markup: Markup, may: &'static str, cache: &'static str) -> Self {
        Self { markup, may, cache }
    }
}

/// The document around a page's body.
pub(super) fn document(title: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                (head)
            }
            body { (body) }
        }
    }
}

impl<'r> Responder<'r, 'static> for Html {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let page = RawHtml(self.markup.into_string()).respond_to(request)?;
        let policy =
            format!("default-src 'none'; {}; base-uri 'none'; frame-ancestors 'none'", self.may);
        Response::build_from(page)
            .header(Header::new("Content-Security-Policy", policy))
            .header(Header::new("Cache-Control", self.cache))
            // No other site learns what was looked at. Our own does: with `no-referrer` browsers
            // would send our forms with an `Origin` that is anybody's.
            .header(Header::new("Referrer-Policy", "same-origin"))
            .ok()
    }
}
