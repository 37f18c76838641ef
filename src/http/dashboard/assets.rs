//! The page's own files, which are part of the program: nothing comes from elsewhere.

use std::sync::LazyLock;

use rocket::{Route, get, http::ContentType, routes};

use crate::http::{
    kept::{self, File},
    openapi::FileVersion,
};

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/live.js");
const ICON: &str = include_str!("assets/icon.svg");

/// In the files' addresses: they may be kept for ever, and another program's are others.
pub(super) static VERSION: LazyLock<String> =
    LazyLock::new(|| kept::version([STYLE, SCRIPT, ICON].map(str::as_bytes)));

pub(super) fn routes() -> Vec<Route> {
    routes![style, script, icon]
}

fn file(text: &'static str, kind: ContentType, version: Option<&str>) -> File {
    File::new(text.as_bytes(), kind, version, &VERSION)
}

/// Fetch a file of the dashboard
///
/// How the page looks.
#[get("/dashboard/style.css?<v>")]
#[utoipa::path(
    get, path = "/dashboard/style.css", tag = "dashboard", operation_id = "dashboardStyle",
    params(FileVersion),
    responses((status = 200, description = "The file", body = String, content_type = "text/css")),
)]
pub(super) fn style(v: Option<&str>) -> File {
    file(STYLE, ContentType::CSS, v)
}

/// Fetch a file of the dashboard
///
/// What asks for the live part.
#[get("/dashboard/live.js?<v>")]
#[utoipa::path(
    get, path = "/dashboard/live.js", tag = "dashboard", operation_id = "dashboardScript",
    params(FileVersion),
    responses((status = 200, description = "The file", body = String, content_type = "text/javascript")),
)]
pub(super) fn script(v: Option<&str>) -> File {
    file(SCRIPT, ContentType::JavaScript, v)
}

/// Fetch a file of the dashboard
///
/// The page's icon.
#[get("/dashboard/icon.svg?<v>")]
#[utoipa::path(
    get, path = "/dashboard/icon.svg", tag = "dashboard", operation_id = "dashboardIcon",
    params(FileVersion),
    responses((status = 200, description = "The file", body = String, content_type = "image/svg+xml")),
)]
pub(super) fn icon(v: Option<&str>) -> File {
    file(ICON, ContentType::SVG, v)
}
