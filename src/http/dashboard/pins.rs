//! The keys that live elsewhere than the rule says.

use maud::{Markup, html};

use super::words::counted;
use crate::{config::KeyspaceSettings, key::ShardId};

/// How many are named.
const NAMED: usize = 6;

/// How many there are, and the first few; nothing if there are none.
pub(super) fn line(settings: &KeyspaceSettings) -> Option<Markup> {
    let in_file = settings.pins_file.as_ref();
    let many = settings.pins.len() + in_file.map_or(0, |file| file.len());
    let own = settings.pins.iter().map(|(key, shard)| (key.as_str(), shard));
    let others = in_file.into_iter().flat_map(|file| file.iter());
    let named: Vec<(&str, &ShardId)> =
        own.chain(others.map(|(key, shard)| (&**key, shard))).take(NAMED).collect();
    (many > 0).then(|| {
        html! {
            p.pins {
                (counted(many, "key is", "keys are")) " pinned: "
                @for (i, (key, shard)) in named.iter().enumerate() {
                    @if i > 0 { ", " }
                    code { (key) } " to " (shard)
                }
                @if many > named.len() { ", and " (counted(many - named.len(), "other", "others")) }
                "."
            }
        }
    })
}
