use serde_json::{Value, json};

use crate::{cluster::ShardedDb, store::types::ServiceKey};

/// What there is to say of one key.
pub(super) struct Answer<'a> {
    keyspace: &'a str,
    key: &'a str,
    place: Result<Place, String>,
}

struct Place {
    shard: String,
    strategy: &'static str,
    why: String,
}

impl<'a> Answer<'a> {
    pub(super) fn find(
        db: &ShardedDb,
        keyspace: &'a str,
        key: &'a str,
        region: Option<&str>,
    ) -> Self {
        let place =
            ServiceKey::parse(keyspace, key, region.map(str::to_owned)).and_then(|parsed| {
                let (shard, explanation) =
                    db.explain(keyspace, &parsed.shard_key()).map_err(|error| error.to_string())?;
                let (shard, strategy) = (shard.to_string(), explanation.strategy);
                Ok(Place { shard, strategy, why: explanation.why })
            });
        Self { keyspace, key, place }
    }

    /// Whether the key has no place.
    pub(super) fn is_bad(&self) -> bool {
        self.place.is_err()
    }

    pub(super) fn row(&self) -> [String; 4] {
        let key = self.key.to_owned();
        match &self.place {
            Ok(Place { shard, strategy, why }) => {
                [key, shard.clone(), (*strategy).to_owned(), why.clone()]
            }
            Err(error) => [key, "-".to_owned(), "-".to_owned(), error.clone()],
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match &self.place {
            Ok(Place { shard, strategy, why }) => json!({
                "keyspace": self.keyspace,
                "key": self.key,
                "shard": shard,
                "strategy": strategy,
                "why": why,
            }),
            Err(error) => json!({ "keyspace": self.keyspace, "key": self.key, "error": error }),
        }
    }
}
