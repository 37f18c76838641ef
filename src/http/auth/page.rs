use maud::{PreEscaped, html};
use rocket::{
    Request, Response,
    http::{Header, Status},
    response::{self, Responder},
};

use super::login::{self, LOGIN};
use crate::http::{
    Problem, ProblemKind,
    html::{Html, document},
};

/// It loads nothing from anywhere, and its form goes home.
const MAY: &str = "style-src 'unsafe-inline'; form-action 'self'";

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 12vh auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
label { display: block; font-weight: 600; }
input { width: 100%; box-sizing: border-box; font: 14px/1.4 ui-monospace, monospace; padding: .5rem; }
button { font: inherit; margin-top: .75rem; padding: .4rem 1.2rem; }
.why { border-left: 4px solid #c2410c; padding-left: .75rem; }
";

/// A problem for people: what is wrong, and a field for a token that isn't.
#[derive(Debug)]
pub(super) struct Page {
    status: Status,
    why: String,
    challenge: Option<String>,
}

impl Page {
    pub(super) fn of(problem: Problem) -> Self {
        let (status, why, challenge) = problem.into_words();
        Self { status, why, challenge }
    }

    /// Whether somebody gave a token: who just came has been refused nothing.
    fn was_tried(&self) -> bool {
        let is_refusal = |challenge: &String| challenge.contains("error=");
        self.status != Status::Unauthorized || self.challenge.as_ref().is_some_and(is_refusal)
    }

    fn render(&self, wants_tls: bool) -> Html {
        let style = html! { style { (PreEscaped(STYLE)) } };
        let body = html! {
            main {
                h1 { "Shardwright dashboard" }
                @if self.was_tried() {
                    p.why role="alert" { "It stays closed: " (self.why) "." }
                } @else {
                    p { "It opens by a token." }
                }
                form method="post" action=(LOGIN) {
                    label for="token" { "A token with the scope admin" }
                    input #token name="token" type="password" required
                        autocomplete="off" spellcheck="false";
                    button { "Open" }
                }
                p { "It is kept in a cookie of this page alone, until it expires." }
                @if wants_tls {
                    p {
                        "This page wants TLS: a browser that has it over plain HTTP does \
                         not keep the cookie, and a good token leads back here."
                    }
                }
                p { a href=(ProblemKind::Unauthorized) { "Where tokens come from" } }
            }
        };
        Html::new(document("Sign in – Shardwright", &style, &body), MAY, "no-store")
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let page = self.render(login::wants_tls(request.rocket().config()));
        let mut response = Response::build_from(page.respond_to(request)?);
        response.status(self.status);
        if let Some(challenge) = self.challenge {
            response.header(Header::new("WWW-Authenticate", challenge));
        }
        response.ok()
    }
}
