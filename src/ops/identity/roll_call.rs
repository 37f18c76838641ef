use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use tokio::time::timeout;

use super::{ClusterId, Guard, Identify, IdentityError, Records};
use crate::{
    key::ShardId,
    shard::{Shard, ShardError},
};

/// What shards say of themselves, in the order they were asked.
#[derive(Debug)]
pub struct RollCall(pub Vec<(ShardId, Result<Records, ShardError>)>);

/// Asks shards who they are, side by side, none longer than `patience`. Changes
/// nothing.
pub async fn roll_call<C: Identify>(shards: &[&Shard<C>], patience: Duration) -> RollCall {
    let ask = async |shard: &&Shard<C>| {
        let id = shard.id().clone();
        let query = |source| ShardError::Query { shard: id, source };
        let asked = timeout(patience, shard.look(|conn| conn.records().map_err(query))).await;
        let silent = || ShardError::Silent { shard: shard.id().clone() };
        (shard.id().clone(), asked.unwrap_or_else(|_| Err(silent())))
    };
    RollCall(join_all(shards.iter().map(ask)).await)
}

impl RollCall {
    /// What was said, of the shards that said anything.
    pub fn answered(&self) -> impl Iterator<Item = (&ShardId, &Records)> {
        self.0.iter().filter_map(|(shard, said)| Some((shard, said.as_ref().ok()?)))
    }

    /// Whether all answered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.answered().count() == self.0.len()
    }

    /// Those that did not answer, comma-separated.
    #[must_use]
    pub fn silent(&self) -> String {
        let silent = self.0.iter().filter(|(_, said)| said.is_err());
        silent.map(|(shard, _)| shard.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Whether a cluster may be founded, if none of those that answered knows of one:
    /// of too few, the others may well know.
    #[must_use]
    pub fn may_found(&self) -> bool {
        2 * self.answered().count() >= self.0.len()
    }

    /// Which cluster most of them belong to; none if none has been told yet.
    ///
    /// # Errors
    /// [`IdentityError::Divided`] if there is no majority.
    pub fn cluster(&self) -> Result<Option<ClusterId>, IdentityError> {
        let mut groups: BTreeMap<ClusterId, Vec<&str>> = BTreeMap::new();
        for (shard, records) in self.answered() {
            if let Some(identity) = &records.identity {
                groups.entry(identity.cluster).or_default().push(shard.as_str());
            }
        }
        let most = groups.values().map(Vec::len).max().unwrap_or(0);
        let mut largest = groups.iter().filter(|(_, shards)| shards.len() == most);
        match (largest.next(), largest.next()) {
            (None, _) => Ok(None),
            (Some((cluster, _)), None) => Ok(Some(*cluster)),
            _ => {
                let group = |(cluster, shards): (&ClusterId, &Vec<&str>)| {
                    format!("{} to {cluster}", shards.join(", "))
                };
                let groups: Vec<_> = groups.iter().map(group).collect();
                Err(IdentityError::Divided { groups: groups.join("; ") })
            }
        }
    }

    /// Whether each of those that answered is who it is taken for; settles which
    /// cluster this is, if any of them knows.
    ///
    /// # Errors
    /// [`IdentityError`] for the first that is not.
    pub fn settle(&self, guard: &Guard) -> Result<(), IdentityError> {
        if guard.cluster().is_none()
            && let Some(cluster) = self.cluster()?
        {
            guard.settle(cluster);
        }
        guard.note_asked(self.may_found());
        let known =
            self.answered().filter_map(|(shard, said)| Some((shard, said.identity.as_ref()?)));
        known.into_iter().try_for_each(|(shard, identity)| guard.recognize(shard, identity))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Identity, *};

    fn call(said: &[(&str, Option<ClusterId>)]) -> RollCall {
        let name = |name: &str| ShardId::new(name).expect("a good name");
        let records = |shard: &str, cluster: &Option<ClusterId>| Records {
            identity: cluster.map(|cluster| Identity { shard: name(shard), cluster }),
            placements: Vec::new(),
        };
        RollCall(said.iter().map(|(s, cluster)| (name(s), Ok(records(s, cluster)))).collect())
    }

    #[test]
    fn the_majority_is_the_cluster() {
        let (one, two) = (ClusterId::random(), ClusterId::random());
        let said = call(&[("a", Some(one)), ("b", Some(two)), ("c", Some(one)), ("d", None)]);
        assert_eq!(said.cluster(), Ok(Some(one)));
        assert_eq!(call(&[("a", None)]).cluster(), Ok(None));
        let guard = Guard::new(&[], &[]);
        let error = said.settle(&guard).expect_err("b is another's");
        let words = error.to_string();
        assert!(words.contains(&one.to_string()) && words.contains(&two.to_string()), "{words}");
    }

    #[test]
    fn where_there_is_none_all_are_named() {
        let (one, two) = (ClusterId::random(), ClusterId::random());
        let said = call(&[("a", Some(one)), ("b", Some(two))]);
        let words = said.cluster().expect_err("divided").to_string();
        assert!(words.contains(&format!("a to {one}; b to {two}")), "{words}");
    }
}
