//! `/dashboard`: one page for whoever runs the shards. The server renders it whole; a
//! small script asks for its live part again every two seconds. Nothing on it waits for
//! a shard: it shows what the monitor, the inspector and the observers know already.

mod assets;
mod attention;
mod figures;
mod holdings;
mod keyspace;
mod ladder;
mod locate;
mod migrations;
mod page;
mod pins;
mod readouts;
mod ring;
mod shards;
mod sheet;
mod sources;
mod words;

use rocket::{Route, routes};

#[derive(utoipa::OpenApi)]
#[openapi(paths(page::show, page::live, page::look, assets::style, assets::script, assets::icon,))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    [assets::routes(), routes![page::show, page::live, page::look]].concat()
}
