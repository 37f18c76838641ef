use chrono::{DateTime, Utc};
use maud::{Markup, html};
use rocket::{State, get, post, response::Redirect};

use super::{
    attention,
    figures::Figures,
    keyspace,
    locate::{self, Question},
    migrations, readouts, shards, sheet,
    sources::Sources,
    words::{counted, moment},
};
use crate::{
    cluster::ShardedDb,
    http::{
        auth::login::LOGOUT,
        html::Html,
        openapi::{DashboardAddress, RefusedByPage},
    },
    ops::{Inspection, Inspector},
};

/// Show the dashboard
///
/// A page for whoever runs the shards; with a key, also where that key lives. A browser
/// without a token is answered with a page that asks for one.
#[get("/dashboard?<keyspace>&<key>&<region>")]
#[utoipa::path(
    get, path = "/dashboard", tag = "dashboard", operation_id = "showDashboard",
    params(
        ("keyspace" = Option<String>, Query, description = "Whose rule is asked", example = "users"),
        ("key" = Option<String>, Query, description = "The key that is looked for", example = "7"),
        ("region" = Option<String>, Query, description = "Its region, where the rule wants one",
            example = "eu"),
    ),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        RefusedByPage,
    ),
)]
pub(super) fn show(
    sources: Sources<'_>,
    keyspace: Option<&str>,
    key: Option<&str>,
    region: Option<&str>,
) -> Html {
    let now = Utc::now();
    let Sources { db, settings, inspector, gate, .. } = sources;
    let figures = Figures::gather(sources);
    let seen = inspector.snapshot();
    let asked = Question { keyspace, key, region };
    let answer = asked.answer(db);
    let located = answer.as_ref().and_then(|answer| answer.as_ref().ok());
    let body = html! {
        header.top {
            h1 { "Shardwright" }
            p { (counted(db.shards().len(), "shard", "shards")) (backends(db)) ", " (counted(db.keyspaces().len(), "keyspace", "keyspaces")) }
            p #link role="status" {
                "as of " (moment(now, now)) " UTC; load the page again for newer figures"
            }
            @if !gate.is_open() {
                form method="post" action=(LOGOUT) { button { "Sign out" } }
            }
        }
        main {
            div #live { (fresh(&figures, &seen, now)) }
            section #locate aria-labelledby="h-locate" {
                h2 #h-locate { "Where does a key live?" }
                div { (locate::form(db, asked, answer.as_ref())) }
            }
            div #held {
                section aria-labelledby="h-keyspaces" {
                    h2 #h-keyspaces { "Keyspaces" }
                    div {
                        (looked(&seen, now))
                        @for own in db.keyspaces() { (keyspace::article(own, db, settings, &seen, located)) }
                    }
                }
                section aria-labelledby="h-migrations" {
                    h2 #h-migrations { "Migrations" }
                    div { (migrations::table(&seen)) }
                }
            }
        }
        footer { p.quiet { "shardwright " (env!("CARGO_PKG_VERSION")) ". All times are UTC." } }
    };
    sheet::page(&format!("Shardwright, {}", counted(db.shards().len(), "shard", "shards")), &body)
}

/// Show the dashboard's live part
///
/// The part of the page that changes all the time, by itself.
#[get("/dashboard/live")]
#[utoipa::path(
    get, path = "/dashboard/live", tag = "dashboard", operation_id = "showDashboardLive",
    responses((status = 200, description = "A piece of the page", body = String,
        content_type = "text/html")),
)]
pub(super) fn live(sources: Sources<'_>) -> Html {
    let figures = Figures::gather(sources);
    sheet::piece(fresh(&figures, &sources.inspector.snapshot(), Utc::now()))
}

/// Look at the shards again
///
/// What they hold, their migrations and who they are: for someone who has just changed
/// something. It happens in the background, and leads back to the page.
#[post("/dashboard/look")]
#[utoipa::path(
    post, path = "/dashboard/look", tag = "dashboard", operation_id = "lookAgain",
    responses((status = 303, description = "Back to the page", headers(
        ("Location" = inline(DashboardAddress), description = "The page"),
    ))),
)]
pub(super) fn look(inspector: &State<Inspector>) -> Redirect {
    inspector.refresh();
    Redirect::to("/dashboard#h-keyspaces")
}

fn fresh(figures: &[Figures], seen: &Inspection, now: DateTime<Utc>) -> Markup {
    html! {
        div #now data-round=(seen.round) data-at=(now.format("%H:%M:%S")) {
            section aria-labelledby="h-state" {
                h2 #h-state { "State" }
                div {
                    (readouts::line(figures, seen))
                    div aria-live="polite" { (attention::list(figures, seen, now)) }
                }
            }
            section aria-labelledby="h-shards" {
                h2 #h-shards { "Shards" }
                div { (shards::table(figures, now)) }
            }
        }
    }
}

/// What kinds of database they are.
fn backends(db: &ShardedDb) -> String {
    let mut kinds: Vec<_> = db.shards().iter().map(|shard| shard.backend().to_string()).collect();
    kinds.sort();
    kinds.dedup();
    format!(" on {}", kinds.join(" and "))
}

/// How old what was counted and read is.
fn looked(seen: &Inspection, now: DateTime<Utc>) -> Markup {
    html! {
        form.looked method="post" action="/dashboard/look" {
            p.quiet {
                @match seen.finished {
                    Some(at) => { "Looked at " (moment(at, now)) ", " (age(now - at)) " ago; every half a minute by itself." }
                    None => "The shards are being looked at for the first time.",
                }
            }
            button { "Look again" }
        }
    }
}

fn age(passed: chrono::TimeDelta) -> String {
    match passed.num_seconds().max(0) {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
