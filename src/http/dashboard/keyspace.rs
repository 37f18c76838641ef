//! A keyspace: its rule as a picture, and what its shards have of it.

use maud::{Markup, html};

use super::{
    holdings, ladder,
    locate::Located,
    pins, ring,
    words::{colour, counted},
};
use crate::{
    cluster::{Keyspace, ShardedDb},
    config::Sharding,
    key::KeyId,
    ops::Inspection,
    routing::{RegionRouter, Shape},
};

/// How many regions are listed.
const MOST_REGIONS: usize = 40;

pub(super) fn article(
    keyspace: &Keyspace,
    db: &ShardedDb,
    settings: &Sharding,
    seen: &Inspection,
    located: Option<&Located>,
) -> Markup {
    let configured = settings.keyspaces.iter().find(|own| own.name == keyspace.name);
    let router = &keyspace.router;
    let key = located.filter(|located| located.keyspace == keyspace.name.as_str());
    let key = key.map(|located| located.key.shard_key());
    html! {
        article.keyspace {
            header {
                h3 { (keyspace.name) }
                p.quiet {
                    (router.strategy()) " over " (counted(router.shards().len(), "shard", "shards"))
                    ", fingerprint " code { (&router.fingerprint().to_string()[..12]) }
                }
            }
            div.rule {
                @match router.shape() {
                    Shape::Ring(rule) => (ring::picture(rule, key.map(|key| rule.place_of(&key)))),
                    Shape::Ranges(rule) => {
                        @let number = key.and_then(|key| match key.id() {
                            KeyId::Int(number) => Some(number),
                            KeyId::Text(_) => None,
                        });
                        (ladder::picture(rule, db, number))
                    }
                    Shape::Regions(rule) => (regions(rule, db)),
                    Shape::Own => p.quiet {
                        "A rule of the application's own: it has no picture, and answers below where a \
                         key lives."
                    },
                }
            }
            div {
                (holdings::table(keyspace, db, seen))
                @if let Some(pins) = configured.and_then(pins::line) { (pins) }
            }
        }
    }
}

fn regions(rule: &RegionRouter, db: &ShardedDb) -> Markup {
    let listed = &rule.regions()[..rule.regions().len().min(MOST_REGIONS)];
    let more = rule.regions().len() - listed.len();
    html! {
        table.regions {
            thead { tr { th scope="col" { "Region" } th scope="col" { "Shard" } } }
            tbody {
                @for (region, shard) in listed {
                    tr data-s=(shard.get()) {
                        th scope="row" { (region) }
                        td { i.(colour(shard.get())) {} (db.shards()[shard.get()].id()) }
                    }
                }
                @if let Some(shard) = rule.default_shard() {
                    tr {
                        th scope="row" { em { "any other" } }
                        td { i.(colour(shard.get())) {} (db.shards()[shard.get()].id()) }
                    }
                }
            }
        }
        @if more > 0 { p.quiet { "and " (counted(more, "more region", "more regions")) } }
    }
}
