use maud::{Markup, html};

use super::assets::VERSION;
use crate::http::html::{self, Html};

/// A browser loads nothing but the program's own files, runs no script in the page and sends
/// its forms nowhere else.
const MAY: &str = "style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'";

/// A piece of the page.
pub(super) const fn piece(markup: Markup) -> Html {
    Html::new(markup, MAY, "no-store")
}

/// The page.
pub(super) fn page(title: &str, body: &Markup) -> Html {
    let version = &*VERSION;
    let head = html! {
        meta name="color-scheme" content="light dark";
        link rel="icon" href={ "/dashboard/icon.svg?v=" (version) };
        link rel="stylesheet" href={ "/dashboard/style.css?v=" (version) };
        script src={ "/dashboard/live.js?v=" (version) } defer {}
    };
    piece(html::document(title, &head, body))
}
