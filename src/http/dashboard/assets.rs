//! The page's own files, which are part of the program: nothing comes from elsewhere.

use std::{
    hash::{DefaultHasher, Hasher},
    sync::LazyLock,
};

use rocket::{
    Route, get,
    http::{ContentType, Header},
    response::Responder,
    routes,
};

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/live.js");
const ICON: &str = include_str!("assets/icon.svg");

/// In the files' addresses: they may be kept for ever, and another program's are others.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    [STYLE, SCRIPT, ICON].iter().for_each(|file| hasher.write(file.as_bytes()));
    format!("{:016x}", hasher.finish())
});

pub(super) fn routes() -> Vec<Route> {
    routes![style, script, icon]
}

/// A file of the program's.
#[derive(Responder)]
struct Asset {
    text: &'static str,
    kind: ContentType,
    cache: Header<'static>,
}

impl Asset {
    fn new(text: &'static str, kind: ContentType, version: Option<&str>) -> Self {
        let control = match version {
            Some(asked) if asked == *VERSION => "private, max-age=31536000, immutable",
            _ => "no-cache",
        };
        Self { text, kind, cache: Header::new("Cache-Control", control) }
    }
}

#[get("/dashboard/style.css?<v>")]
fn style(v: Option<&str>) -> Asset {
    Asset::new(STYLE, ContentType::CSS, v)
}

#[get("/dashboard/live.js?<v>")]
fn script(v: Option<&str>) -> Asset {
    Asset::new(SCRIPT, ContentType::JavaScript, v)
}

#[get("/dashboard/icon.svg?<v>")]
fn icon(v: Option<&str>) -> Asset {
    Asset::new(ICON, ContentType::SVG, v)
}
