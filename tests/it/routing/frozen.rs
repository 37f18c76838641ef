//! The fingerprints of `tests/vectors/fingerprints.toml`, which another program
//! computed from `docs/src/reference/fingerprints.md`; some of them once more by hand.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use md5::{Digest, Md5};
use shardwright::cluster::Blueprint;

const VECTORS: &str = include_str!("../../vectors/fingerprints.toml");

/// Each vector's name, its keyspace as TOML and its fingerprint.
fn vectors() -> Vec<(String, toml::Table, String)> {
    let file: toml::Table = VECTORS.parse().expect("it is TOML");
    let vector = |vector: &toml::Value| {
        let text = |key| vector[key].as_str().expect("it is text").to_owned();
        let keyspace = vector["keyspace"].as_table().expect("it is a table").clone();
        (text("name"), keyspace, text("fingerprint"))
    };
    file["vector"].as_array().expect("a list").iter().map(vector).collect()
}

/// The fingerprint of a keyspace over three shards.
fn fingerprint(keyspace: &toml::Table) -> String {
    let mut root = toml::Table::new();
    let shard = |i: usize| {
        let url = format!("sqlite://data/{i}.db");
        (format!("shard-{i}"), toml::Table::from_iter([("url".to_owned(), url.into())]).into())
    };
    let shards: toml::Table = (0..3).map(shard).collect();
    root.insert("shards".into(), shards.into());
    let keyspaces = toml::Table::from_iter([("k".to_owned(), keyspace.clone().into())]);
    root.insert("keyspaces".into(), keyspaces.into());
    let mut profile = toml::Table::new();
    profile.insert("sharding".into(), root.into());
    let file = toml::Table::from_iter([("default".to_owned(), profile.into())]);
    let figment = Figment::from(Toml::string(&file.to_string()).nested()).select("default");
    let blueprint = Blueprint::load_with(&figment, &|_| None).expect("a good rule");
    blueprint.keyspaces[0].router.fingerprint().to_string()
}

#[test]
fn every_vector_comes_out_exactly() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 16, "the file is whole");
    for (name, keyspace, expected) in vectors {
        assert_eq!(fingerprint(&keyspace), expected, "{name}");
    }
}

/// What vectors say are the same rule are, and no others.
#[test]
fn vectors_are_alike_exactly_where_their_names_say_so() {
    let vectors = vectors();
    for (i, (name, _, fingerprint)) in vectors.iter().enumerate() {
        let twin = vectors[..i].iter().position(|(_, _, other)| other == fingerprint);
        let of_first = name.contains("agrees with its range");
        let expected = match of_first {
            true => Some(0),
            false => name.starts_with("the same").then(|| i - 1),
        };
        assert_eq!(twin, expected, "{name}");
    }
}

/// MD5 of fields, each after its length, written without the crate's builder.
fn digest(fields: &[&[u8]]) -> String {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend([0, 0, 0, 0, 0, 0, 0, u8::try_from(field.len()).expect("short")]);
        bytes.extend(*field);
    }
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The vector of this name.
fn vector(name: &str) -> String {
    vectors().into_iter().find(|(known, ..)| known == name).expect(name).2
}

#[test]
fn ranges_with_a_pin_are_md5_of_the_documented_bytes() {
    let low = [[0xff; 8], (-10_i64).to_be_bytes()].concat();
    let start = [[0; 8], 5_i64.to_be_bytes()].concat();
    let max = [[0; 8], [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    let past = [[0; 8], [0x80, 0, 0, 0, 0, 0, 0, 0]].concat();
    let zero = [0; 16];
    let fields: [&[u8]; 10] =
        [b"range", &low, &zero, b"shard-0", &start, &max, b"shard-1", &max, &past, b"shard-2"];
    assert_eq!(digest(&fields), vector("gaps, and a pin in one"));
}

#[test]
fn regions_are_md5_of_the_documented_bytes() {
    let fields: [&[u8]; 5] = [b"region", b"default", b"shard-0", b"us", b"shard-1"];
    assert_eq!(digest(&fields), vector("regions with a default"));
    let rule = digest(&[b"region", b"default", b"shard-0"]);
    let fields: [&[u8]; 6] = [b"directory", rule.as_bytes(), b"42", b"shard-1", b"7", b"shard-0"];
    assert_eq!(digest(&fields), vector("regions with pins, each of which counts"));
}

/// Over all six points, of which neighbours of one shard are one arc.
#[test]
fn a_ring_is_md5_of_the_documented_bytes() {
    let names = ["shard-0", "shard-1", "shard-2"];
    let point = |name: &str, i| (Md5::digest(format!("{name}:{i}")).to_vec(), name.to_owned());
    let mut points: Vec<_> =
        names.iter().flat_map(|name| [point(name, 0), point(name, 1)]).collect();
    points.sort();
    let mut fields: Vec<&[u8]> = vec![b"consistent_hash"];
    for (i, (place, name)) in points.iter().enumerate() {
        if *name != points[(i + 1) % points.len()].1 {
            fields.extend([place.as_slice(), name.as_bytes()]);
        }
    }
    assert_eq!(digest(&fields), vector("a small ring"));
    assert_eq!(digest(&[b"consistent_hash", b"shard-1"]), vector("a ring of one shard"));
}
