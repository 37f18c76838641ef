use figment::Figment;
use serde_json::{Value, json};

use super::{
    Outcome,
    args::Route,
    output::{Output, Usage},
    service,
};
use crate::{cluster::ShardedDb, store::types::ServiceKey};

/// Says where keys live and why. Touches no database.
pub(super) fn run(args: Route, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    let db = service.db();
    db.keyspace(&args.keyspace).map_err(|error| Usage(error.to_string()))?;
    let answers: Vec<_> = args
        .keys
        .iter()
        .map(|key| answer(db, &args.keyspace, key, args.region.as_deref()))
        .collect();
    let failed = answers.iter().any(|answer| answer.place.is_err());
    if args.json {
        output.json(&answers.iter().map(Answer::to_json).collect())?;
    } else {
        let header = ["KEY", "SHARD", "STRATEGY", "WHY"].map(str::to_owned).to_vec();
        output.table(std::iter::once(header).chain(answers.iter().map(Answer::row)).collect())?;
    }
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

struct Answer<'a> {
    keyspace: &'a str,
    key: &'a str,
    place: Result<Place, String>,
}

struct Place {
    shard: String,
    strategy: &'static str,
    why: String,
}

fn answer<'a>(db: &ShardedDb, keyspace: &'a str, key: &'a str, region: Option<&str>) -> Answer<'a> {
    let place = ServiceKey::parse(keyspace, key, region.map(str::to_owned)).and_then(|parsed| {
        let (shard, explanation) =
            db.explain(keyspace, &parsed.shard_key()).map_err(|error| error.to_string())?;
        let (shard, strategy) = (shard.to_string(), explanation.strategy);
        Ok(Place { shard, strategy, why: explanation.why })
    });
    Answer { keyspace, key, place }
}

impl Answer<'_> {
    fn row(&self) -> Vec<String> {
        let key = self.key.to_owned();
        match &self.place {
            Ok(Place { shard, strategy, why }) => {
                vec![key, shard.clone(), (*strategy).to_owned(), why.clone()]
            }
            Err(error) => vec![key, "-".to_owned(), "-".to_owned(), error.clone()],
        }
    }

    fn to_json(&self) -> Value {
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
