use maud::{DOCTYPE, Markup, html};
use rocket::{
    http::{ContentType, Header},
    response::Responder,
};

use super::assets::VERSION;

/// Whatever the page holds, a browser loads nothing but the program's own files for it,
/// runs no script in it and sends its forms nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors \
                      'none'";

/// HTML with what must go with it.
#[derive(Responder)]
pub(super) struct Sheet {
    html: String,
    kind: ContentType,
    policy: Header<'static>,
    cache: Header<'static>,
    referrer: Header<'static>,
}

impl From<Markup> for Sheet {
    fn from(markup: Markup) -> Self {
        Self {
            html: markup.into_string(),
            kind: ContentType::HTML,
            policy: Header::new("Content-Security-Policy", POLICY),
            cache: Header::new("Cache-Control", "no-store"),
            referrer: Header::new("Referrer-Policy", "no-referrer"),
        }
    }
}

/// The document around the page's body.
pub(super) fn document(title: &str, body: &Markup) -> Markup {
    let version = &*VERSION;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href={ "/dashboard/icon.svg?v=" (version) };
                link rel="stylesheet" href={ "/dashboard/style.css?v=" (version) };
                script src={ "/dashboard/live.js?v=" (version) } defer {}
            }
            body { (body) }
        }
    }
}
