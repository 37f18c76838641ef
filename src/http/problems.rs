//! `/problems`: what each kind of problem means, from the manual's own pages, so
//! that a `type` leads somewhere on a closed network too.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, Parser, Tag};
use rocket::{Route, get, routes};

use super::{
    Problem, ProblemKind,
    html::{Html, document},
    kept::ASK_AGAIN,
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(index, show))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![index, show]
}

/// List the kinds of problems
///
/// A page for people: every kind of problem document, each with a link to its page.
#[get("/problems")]
#[utoipa::path(
    get, path = "/problems", tag = "reference", operation_id = "listProblems",
    responses((status = 200, description = "The kinds of problems", body = String,
        content_type = "text/html")),
)]
fn index() -> Html {
    page(
        "Problems",
        &html! {
            h1 { "Problems" }
            p {
                "Every error is a problem document (RFC 9457). Its " code { "type" }
                " is the address of one of these pages."
            }
            ul {
                @for kind in ProblemKind::ALL {
                    li { a href=(kind) { code { (kind.name()) } } " " (heading(kind)) }
                }
            }
        },
    )
}

/// Explain a kind of problem
///
/// The page that a problem document's `type` leads to: what it means and what to do about it.
#[get("/problems/<kind>")]
#[utoipa::path(
    get, path = "/problems/{kind}", tag = "reference", operation_id = "showProblem",
    params(("kind" = inline(super::openapi::KindName), Path, description = "The last piece of a `type`")),
    responses(
        (status = 200, description = "The page", body = String,
            content_type = "text/html"),
        super::openapi::NotFound,
    ),
)]
fn show(kind: &str) -> Result<Html, Problem> {
    let Some(kind) = ProblemKind::named(kind) else {
        return Err(Problem::not_found("there is no such kind of problem; /problems lists them"));
    };
    let mut text = String::new();
    pulldown_cmark::html::push_html(&mut text, Parser::new(kind.text()).map(linked));
    let body = html! { (PreEscaped(text)) p { a href="/problems" { "All problems" } } };
    Ok(page(heading(kind), &body))
}

/// What a page's first line calls it.
fn heading(kind: ProblemKind) -> &'static str {
    let first = kind.text().lines().next().unwrap_or_default();
    let title = first.trim_start_matches("# ");
    title.rsplit_once(':').map_or(title, |(title, _)| title)
}

/// The manual's pages link to each other's files, which are addresses here.
fn linked(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = match dest_url.strip_suffix(".md").and_then(ProblemKind::named) {
                Some(kind) => CowStr::from(kind.to_string()),
                None => dest_url,
            };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        event => event,
    }
}

/// It runs nothing and loads nothing.
const MAY: &str = "style-src 'unsafe-inline'; form-action 'none'";

fn page(title: &str, body: &Markup) -> Html {
    let style = html! { style { (PreEscaped(STYLE)) } };
    let body = html! { main { (body) } };
    Html::new(document(&format!("{title} · Shardwright"), &style, &body), MAY, ASK_AGAIN)
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2327; --paper: #fdfdfb; --quiet: #f0f1ec; --link: #0b5c8a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe3e0; --paper: #15191b; --quiet: #22282b; --link: #7cc4ef }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif }
main { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.5rem; line-height: 1.25 }
h2 { font-size: 1.05rem; margin-top: 2rem }
a { color: var(--link) }
li { margin: .3rem 0 }
code { font: .9em ui-monospace, monospace; background: var(--quiet); padding: .1em .3em;
  border-radius: 3px }
pre { background: var(--quiet); padding: .8rem 1rem; border-radius: 5px; overflow-x: auto }
pre code { padding: 0 }
";
