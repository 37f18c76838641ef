//! `/openapi.json` and `/docs`: the API's description, for programs and for people.
//! What the page is made of is in the binary, and it loads nothing from elsewhere.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use maud::html;
use rocket::{Route, State, get, http::ContentType, response::content::RawJson, routes};
use utoipa_swagger_ui::{Config, serve};

use super::{
    Problem,
    html::{Html, document},
    kept::{self, ASK_AGAIN, File},
    openapi::{Description, FileVersion, NotFound},
};

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
fn page() -> Html {
    let version = &*VERSION;
    let head = html! {
        link rel="stylesheet" href={ "/docs/swagger-ui.css?v=" (version) };
        link rel="icon" type="image/png" href={ "/docs/favicon-32x32.png?v=" (version) };
    };
    let body = html! {
        div id="swagger-ui" {}
        script src={ "/docs/swagger-ui-bundle.js?v=" (version) } {}
        script src={ "/docs/start.js?v=" (version) } {}
    };
    Html::new(document("Shardwright API", &head, &body), MAY, ASK_AGAIN)
}

/// What the bundle does of itself: it puts styles into the page, and pictures into the styles.
const MAY: &str = "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                   connect-src 'self'; form-action 'none'";

/// Browse the API: a file
///
/// What the page is made of.
#[get("/docs/<file>?<v>")]
#[utoipa::path(
    get, path = "/docs/{file}", tag = "reference", operation_id = "browseApiFile",
    params(("file" = String, Path, description = "Its name", min_length = 1,
        example = "start.js"),
        FileVersion),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/css"),
            (String = "text/javascript"),
            (String = "image/png"),
        )),
        NotFound,
    ),
)]
fn file(file: &str, v: Option<&str>) -> Result<File, Problem> {
    let kind = match file {
        "start.js" | "swagger-ui-bundle.js" => ContentType::JavaScript,
        "swagger-ui.css" => ContentType::CSS,
        "favicon-32x32.png" => ContentType::PNG,
        _ => return Err(Problem::not_found("there is no such file")),
    };
    let bytes = bytes_of(file).map_err(Problem::internal)?;
    Ok(File::new(bytes, kind, v, &VERSION))
}

const FILES: [&str; 4] =
    ["start.js", "swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"];

/// In the files' addresses.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let files: Vec<_> = FILES.iter().filter_map(|file| bytes_of(file).ok()).collect();
    kept::version(files.iter().map(AsRef::as_ref))
});

fn bytes_of(file: &str) -> anyhow::Result<Cow<'static, [u8]>> {
    if file == "start.js" {
        return Ok(START.as_bytes().into());
    }
    let found = serve(file, Arc::new(Config::default()))
        .map_err(|error| anyhow::anyhow!("{error}"))?
        .ok_or_else(|| anyhow::anyhow!("{file} is not in the binary"))?;
    Ok(found.bytes)
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
