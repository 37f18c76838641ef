use figment::{Figment, value::Value};

use super::{
    PinsFile, Problems, ShardSettings, anchor, nearest, pins_csv,
    section::{self, Section},
};
use crate::key::{KeyRange, KeyspaceName, ShardId};

/// The names a `strategy` can have.
const STRATEGIES: [&str; 3] = ["range", "region", "consistent_hash"];
/// As in the article the ring comes from: enough that shares differ by a few percent.
const VIRTUAL_NODES: u32 = 150;

/// One keyspace as configured.
#[derive(Debug, Clone)]
pub struct KeyspaceSettings {
    /// Its name.
    pub name: KeyspaceName,
    /// The rule that places its keys.
    pub rule: Rule,
    /// Keys pinned away from the rule, in the order of their text.
    pub pins: Vec<(String, ShardId)>,
    /// More of them, from a file; what it says of a key is not in contradiction
    /// to `pins`.
    pub pins_file: Option<PinsFile>,
}

impl KeyspaceSettings {
    /// Every shard its rule and its pins name, some more than once.
    pub fn shards(&self) -> impl Iterator<Item = &ShardId> {
        let of_rule: Vec<&ShardId> = match &self.rule {
            Rule::Range { entries, .. } => entries.iter().map(|entry| &entry.shard).collect(),
            Rule::Region { regions, default } => {
                regions.iter().map(|(_, shard)| shard).chain(default).collect()
            }
            Rule::ConsistentHash { shards, .. } => shards.iter().map(|s| &s.shard).collect(),
        };
        let of_file = self.pins_file.iter().flat_map(PinsFile::shards);
        of_rule.into_iter().chain(self.pins.iter().map(|(_, shard)| shard)).chain(of_file)
    }
}

/// A keyspace's placement rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// By ranges of integer keys.
    Range {
        /// The ranges in the order given.
        entries: Vec<RangeEntry>,
        /// Whether keys may have no place.
        allow_gaps: bool,
    },
    /// By the region a key carries.
    Region {
        /// Each region's shard, sorted by region.
        regions: Vec<(String, ShardId)>,
        /// Where regions that are not listed go.
        default: Option<ShardId>,
    },
    /// By a ring of hashed points.
    ConsistentHash {
        /// Points a shard of weight 1 has.
        virtual_nodes: u32,
        /// The shards on the ring.
        shards: Vec<WeightedShard>,
    },
}

/// One entry of `ranges`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeEntry {
    /// The keys.
    pub range: KeyRange,
    /// Their shard.
    pub shard: ShardId,
}

/// A shard on a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedShard {
    /// The shard.
    pub shard: ShardId,
    /// What its number of points is multiplied by.
    pub weight: u32,
}

/// Reads one `[sharding.keyspaces.NAME]`.
pub(super) fn read(
    name: &str,
    path: String,
    value: &Value,
    shards: &Shards<'_>,
    figment: &Figment,
    problems: &mut Problems,
) -> Option<KeyspaceSettings> {
    let name = KeyspaceName::new(name).map_err(|error| problems.add(&path, error.to_string())).ok();
    let mut section = Section::of(path, value, problems)?;
    let strategy = section.text("strategy", problems);
    if !section.has("strategy") {
        problems.add(section.path("strategy"), format!("is missing; use {}", choices()));
    }
    // The other strategies' settings may stand beside the chosen one's, unread:
    // that makes switching a keyspace one changed line.
    for key in ["ranges", "allow_gaps", "regions", "default", "virtual_nodes", "shards", "weights"]
    {
        section.get(key);
    }
    let rule = match strategy {
        Some("range") => range(&mut section, shards, problems),
        Some("region") => region(&mut section, shards, problems),
        Some("consistent_hash") => consistent_hash(&mut section, shards, problems),
        Some(other) => {
            let hint = nearest(other, STRATEGIES)
                .map_or_else(|| format!("use {}", choices()), |s| format!("did you mean `{s}`?"));
            problems.add(section.path("strategy"), format!("`{other}` is no strategy; {hint}"));
            None
        }
        None => None,
    };
    let pins = section.table("pins", problems).map(|pins| named(&pins, shards, problems));
    let pins = pins.unwrap_or_default();
    let pins_file = section.value("pins_file", problems).and_then(|(file, value)| {
        let file = anchor::beside(figment, value, file);
        pins_csv::read(&section.path("pins_file"), &file, &pins, shards, problems)
    });
    section.close(problems);
    Some(KeyspaceSettings { name: name?, rule: rule?, pins, pins_file })
}

fn choices() -> String {
    STRATEGIES.map(|name| format!("\"{name}\"")).join(", ")
}

/// The shards a keyspace may name.
pub(super) struct Shards<'a> {
    /// Every shard that is configured, even one whose own settings are wrong.
    pub(super) names: Vec<&'a str>,
    pub(super) settings: &'a [ShardSettings],
}

impl Shards<'_> {
    /// A shard by its name, or a problem that names those there are.
    fn find(&self, value: &Value, path: &str, problems: &mut Problems) -> Option<ShardId> {
        self.named(section::text(value, path, problems)?, path, problems)
    }

    fn named(&self, name: &str, path: &str, problems: &mut Problems) -> Option<ShardId> {
        self.known(name, name).map_err(|message| problems.add(path, message)).ok()
    }

    /// A shard by its name, or those there are, of a name that is shown in this form.
    pub(super) fn known(&self, name: &str, shown: &str) -> Result<ShardId, String> {
        if let (true, Ok(id)) = (self.names.contains(&name), ShardId::new(name)) {
            return Ok(id);
        }
        let hint = match nearest(shown, self.names.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None if self.names.is_empty() => "no shard is configured".to_owned(),
            None => format!("the shards are {}", self.names.join(", ")),
        };
        Err(format!("there is no shard `{shown}`; {hint}"))
    }
}

fn range(section: &mut Section<'_>, shards: &Shards<'_>, problems: &mut Problems) -> Option<Rule> {
    let path = section.path("ranges");
    let allow_gaps = section.flag("allow_gaps", problems).unwrap_or(false);
    let Some(entries) = section.get("ranges").and_then(Value::as_array) else {
        problems.add(
            path,
            "strategy \"range\" needs ranges = [ { end = 50000, shard = \"…\" }, { start = 50000, \
             shard = \"…\" } ]",
        );
        return None;
    };
    let read: Vec<_> = entries
        .iter()
        .enumerate()
        .filter_map(|(i, value)| range_entry(format!("{path}[{i}]"), value, shards, problems))
        .collect();
    (read.len() == entries.len()).then_some(Rule::Range { entries: read, allow_gaps })
}

fn range_entry(
    path: String,
    value: &Value,
    shards: &Shards<'_>,
    problems: &mut Problems,
) -> Option<RangeEntry> {
    let mut entry = Section::of(path, value, problems)?;
    let bound = |entry: &mut Section<'_>, key, problems: &mut Problems| {
        let missing = !entry.has(key);
        let bound = entry.int(key, i64::MIN..=i64::MAX, problems);
        (missing || bound.is_some()).then_some(bound)
    };
    let start = bound(&mut entry, "start", problems);
    let end = bound(&mut entry, "end", problems);
    let shard = entry.path("shard");
    let shard = match entry.get("shard") {
        Some(value) => shards.find(value, &shard, problems),
        None => {
            problems.add(shard, "is missing; name the shard that holds these keys");
            None
        }
    };
    entry.close(problems);
    Some(RangeEntry { range: KeyRange { start: start?, end: end? }, shard: shard? })
}

fn region(section: &mut Section<'_>, shards: &Shards<'_>, problems: &mut Problems) -> Option<Rule> {
    let path = section.path("regions");
    let default = match section.get("default") {
        Some(value) => shards.find(value, &section.path("default"), problems).map(Some),
        None => Some(None),
    };
    if section.is_empty("regions") {
        problems.add(path, "strategy \"region\" needs regions = { eu = \"…\", us = \"…\" }");
    }
    let table = section.table("regions", problems)?;
    let regions = named(&table, shards, problems);
    // A rule with a region left out would be another rule, with problems of its own.
    let whole = regions.len() == table.entries().count() && !regions.is_empty();
    let default = default?;
    whole.then_some(Rule::Region { regions, default })
}

/// A table from names of the user's own to shards.
fn named(
    table: &Section<'_>,
    shards: &Shards<'_>,
    problems: &mut Problems,
) -> Vec<(String, ShardId)> {
    table
        .entries()
        .filter_map(|(name, value)| {
            Some((name.to_owned(), shards.find(value, &table.path(name), problems)?))
        })
        .collect()
}

fn consistent_hash(
    section: &mut Section<'_>,
    shards: &Shards<'_>,
    problems: &mut Problems,
) -> Option<Rule> {
    let virtual_nodes = section
        .int("virtual_nodes", 1..=100_000, problems)
        .and_then(|nodes| u32::try_from(nodes).ok())
        .unwrap_or(VIRTUAL_NODES);
    let path = section.path("shards");
    let all = || shards.names.iter().filter_map(|name| ShardId::new(name).ok()).collect();
    let members: Vec<ShardId> = match section.get("shards") {
        None => all(),
        Some(value) if value.as_str() == Some("all") => all(),
        Some(value) => match value.as_array() {
            Some([]) => {
                problems.add(path, "a ring needs at least one shard");
                Vec::new()
            }
            Some(list) => list
                .iter()
                .enumerate()
                .filter_map(|(i, value)| shards.find(value, &format!("{path}[{i}]"), problems))
                .collect(),
            None => {
                problems.add(&path, "expected \"all\" or an array of shards");
                Vec::new()
            }
        },
    };
    let weights = weights(section, &members, shards, problems);
    let weight = |shard: &ShardId| {
        let own = weights.iter().find(|(name, _)| name == shard).map(|(_, w)| *w);
        let of_shard = || shards.settings.iter().find(|s| s.id == *shard).map(|s| s.weight);
        own.or_else(of_shard).unwrap_or(1)
    };
    let shards: Vec<_> =
        members.into_iter().map(|shard| WeightedShard { weight: weight(&shard), shard }).collect();
    (!shards.is_empty()).then_some(Rule::ConsistentHash { virtual_nodes, shards })
}

/// A keyspace's own weights, which come before the shards'.
fn weights(
    section: &mut Section<'_>,
    members: &[ShardId],
    shards: &Shards<'_>,
    problems: &mut Problems,
) -> Vec<(ShardId, u32)> {
    let Some(table) = section.table("weights", problems) else { return Vec::new() };
    table
        .entries()
        .filter_map(|(name, value)| {
            let path = table.path(name);
            let weight = section::int(value, &path, 1..=1_000, problems);
            let shard = shards.named(name, &path, problems)?;
            if !members.is_empty() && !members.contains(&shard) {
                problems.add(&path, format!("shard {shard} is not on this ring"));
            }
            Some((shard, u32::try_from(weight?).ok()?))
        })
        .collect()
}
