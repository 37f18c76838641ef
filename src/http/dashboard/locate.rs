//! The box "where does a key live?".

use maud::{Markup, html};

use super::{super::fields::line, words::colour};
use crate::{
    cluster::{Error, ShardedDb},
    key::ShardId,
    routing::Explanation,
    store::types::ServiceKey,
};

/// What was asked, as it was typed.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) keyspace: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) region: Option<&'a str>,
}

/// A key that has a place.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) keyspace: String,
    pub(super) key: ServiceKey,
    shard: ShardId,
    explanation: Explanation,
}

impl Question<'_> {
    /// The answer, or what is wrong with the question; nothing if none was asked.
    pub(super) fn answer(self, db: &ShardedDb) -> Option<Result<Located, String>> {
        let typed = self.key.filter(|key| !key.is_empty())?;
        Some(self.find(db, typed))
    }

    fn find(self, db: &ShardedDb, typed: &str) -> Result<Located, String> {
        let keyspace = self.keyspace.unwrap_or_default();
        db.keyspace(keyspace).map_err(|error| error.to_string())?;
        let region = self.region.map(str::trim).filter(|region| !region.is_empty());
        let region =
            region.map(line(63)).transpose().map_err(|why| format!("The region {why}."))?;
        let key = ServiceKey::parse(keyspace, typed.trim(), region)
            .map_err(|why| format!("The key {why}."))?;
        let explained = db.explain(keyspace, &key.shard_key());
        let (shard, explanation) = explained.map_err(|error| match error {
            Error::Route { source, .. } => format!("It has no place: {source}."),
            other => other.to_string(),
        })?;
        let (keyspace, shard) = (keyspace.to_owned(), shard.clone());
        Ok(Located { keyspace, key, shard, explanation })
    }
}

/// The form, and the answer under it.
pub(super) fn form(
    db: &ShardedDb,
    asked: Question<'_>,
    answer: Option<&Result<Located, String>>,
) -> Markup {
    let by_region = db.keyspaces().iter().any(|keyspace| keyspace.router.strategy() == "region");
    html! {
        form.locate method="get" action="/dashboard#locate" {
            label { "Keyspace" select name="keyspace" {
                @for keyspace in db.keyspaces() {
                    option selected[asked.keyspace == Some(keyspace.name.as_str())] { (keyspace.name) }
                }
            } }
            label.wide { "Key" input name="key" required autocomplete="off" spellcheck="false" maxlength="200" value=[asked.key] {} }
            label { "Region" input name="region" autocomplete="off" spellcheck="false" maxlength="63" value=[asked.region]
                placeholder=(if by_region { "if it has one" } else { "not needed" }) {} }
            button { "Find" }
        }
        @match answer {
            Some(Ok(located)) => p.answer role="status" {
                b { i.(colour(located.explanation.shard.get())) {} (located.shard) }
                " by " (located.explanation.strategy) " — " (located.explanation.why) "."
            },
            Some(Err(why)) => p.answer.wrong role="alert" { b.down { "no answer" } " " (why) },
            None => {}
        }
    }
}
