//! `/openapi.json` and `/docs`: the API's description, for programs and for people.
//! What the page is made of is in the binary, and it loads nothing from elsewhere.

use std::{borrow::Cow, io::Cursor, sync::Arc};

use maud::{DOCTYPE, html};
use rocket::{
    Request, Response, Route, State, get,
    http::{ContentType, Header},
    response::{self, Responder, content::RawJson},
    routes,
};
use utoipa_swagger_ui::{Config, serve};

use super::{Problem, openapi::Description};

#[derive(utoipa::OpenApi)]
#[openapi(paths(description, page, file))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![description, page, file]
}

/// Describe the API
///
/// This document.
#[get("/openapi.json")]
#[utoipa::path(
    get, path = "/openapi.json", tag = "reference", operation_id = "describeApi",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = serde_json::Value,
        example = json!({ "openapi": "3.1.0" }))),
)]
fn description(description: &State<Description>) -> RawJson<Arc<str>> {
    RawJson(description.json())
}

/// Browse the API
///
/// A page for people that shows this document and calls the API.
#[get("/docs")]
#[utoipa::path(
    get, path = "/docs", tag = "reference", operation_id = "browseApi",
    responses((status = 200, description = "The page", body = String,
        content_type = "text/html")),
)]
fn page() -> File {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Shardwright API" }
                link rel="stylesheet" href="/docs/swagger-ui.css";
                link rel="icon" type="image/png" href="/docs/favicon-32x32.png";
            }
            body {
                div id="swagger-ui" {}
                script src="/docs/swagger-ui-bundle.js" {}
                script src="/docs/start.js" {}
            }
        }
    };
    File { bytes: page.into_string().into_bytes().into(), kind: ContentType::HTML }
}

/// Browse the API: a file
///
/// What the page is made of.
#[get("/docs/<file>")]
#[utoipa::path(
    get, path = "/docs/{file}", tag = "reference", operation_id = "browseApiFile",
    params(("file" = String, Path, description = "Its name", min_length = 1,
        example = "start.js")),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/css"),
            (String = "text/javascript"),
            (String = "image/png"),
        )),
        super::openapi::NotFound,
    ),
)]
fn file(file: &str) -> Result<File, Problem> {
    let kind = match file {
        "start.js" => {
            return Ok(File { bytes: START.as_bytes().into(), kind: ContentType::JavaScript });
        }
        "swagger-ui-bundle.js" => ContentType::JavaScript,
        "swagger-ui.css" => ContentType::CSS,
        "favicon-32x32.png" => ContentType::PNG,
        _ => return Err(Problem::not_found("there is no such file")),
    };
    match serve(file, Arc::new(Config::default())) {
        Ok(Some(found)) => Ok(File { bytes: found.bytes, kind }),
        Ok(None) => Err(Problem::internal(anyhow::anyhow!("{file} is not in the binary"))),
        Err(error) => Err(Problem::internal(anyhow::anyhow!("{error}"))),
    }
}

/// By itself it would ask a stranger's server what it thinks of the document.
const START: &str = r##"const night = matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark-mode", night);
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
"##;

/// A piece of the page. It changes with the binary alone.
struct File {
    bytes: Cow<'static, [u8]>,
    kind: ContentType,
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            .header(Header::new("Content-Security-Policy", POLICY))
            .header(Header::new("Cache-Control", "max-age=3600"))
            .sized_body(self.bytes.len(), Cursor::new(self.bytes))
            .ok()
    }
}
