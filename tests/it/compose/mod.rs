//! docker-compose.yml, the Dockerfile and the `[postgres]` profile say the same.

mod agree;
mod secrets;
mod shard_url;

use agree::{Files, disagreements};

const COMPOSE: &str = include_str!("../../../docker-compose.yml");
const DOCKERFILE: &str = include_str!("../../../Dockerfile");
const ROCKET: &str = include_str!("../../../Rocket.toml");

const FILES: Files<'_> = Files { compose: COMPOSE, dockerfile: DOCKERFILE, rocket: ROCKET };

#[test]
fn the_three_files_agree() {
    assert_eq!(disagreements(&FILES), Vec::<String>::new());
}

#[test]
fn no_password_stands_in_a_file() {
    for (name, text) in
        [("docker-compose.yml", COMPOSE), ("Dockerfile", DOCKERFILE), ("Rocket.toml", ROCKET)]
    {
        assert_eq!(secrets::literals(text), Vec::<String>::new(), "in {name}");
    }
}

/// The files with one piece of text replaced, everywhere it stands.
#[track_caller]
fn found_after(old: &str, new: &str) -> String {
    let texts = [COMPOSE, DOCKERFILE, ROCKET].map(|text| text.replace(old, new));
    let [compose, dockerfile, rocket] = &texts;
    assert_ne!([COMPOSE, DOCKERFILE, ROCKET], [compose, dockerfile, rocket], "`{old}` is gone");
    disagreements(&Files { compose, dockerfile, rocket }).join("\n")
}

#[test]
fn each_way_of_disagreeing_is_seen() {
    for (old, new, complaint) in [
        ("@shard-1:5432/", "@shard-7:5432/", "shard-1: no service `shard-7`"),
        ("@shard-1:5432/", "@shard-0:5432/", "shard-1: the password is SHARD_1_PASSWORD"),
        ("@shard-2:5432/", "@shard-2:5433/", "shard-2: port 5433"),
        ("shardwright:${SHARD_0", "someone:${SHARD_0", "shard-0: user someone"),
        (":5432/shardwright", ":5432/other", "shard-0: database other"),
        ("POSTGRES_DB: shardwright", "POSTGRES_DB: other", "shard-2: database shardwright"),
        ("POSTGRES_USER: shardwright", "POSTGRES_USER: other", "shard-1: user shardwright"),
        (
            "POSTGRES_PASSWORD: ${SHARD_2_PASSWORD",
            "POSTGRES_PASSWORD: ${SHARD_1_PASSWORD",
            "shard-2: the password is SHARD_2_PASSWORD",
        ),
        ("SHARD_2_PASSWORD: ${", "SHARD_X_PASSWORD: ${", "is not handed SHARD_2_PASSWORD"),
        (
            "SHARD_1_PASSWORD: ${SHARD_1_PASSWORD",
            "SHARD_1_PASSWORD: ${SHARD_0_PASSWORD",
            "is not handed SHARD_1_PASSWORD",
        ),
        ("ROCKET_PROFILE: postgres", "ROCKET_PROFILE: release", "ROCKET_PROFILE"),
        ("127.0.0.1:8000:8000", "8000:8000", "published to every network"),
        ("127.0.0.1:8000:8000", "127.0.0.1:8000:9000", "listens on 8000"),
        ("EXPOSE 8000", "EXPOSE 9000", "EXPOSE"),
        ("address = \"0.0.0.0\"", "address = \"127.0.0.1\"", "unreachable"),
        ("condition: service_started", "condition: service_healthy", "hold"),
        ("healthcheck:", "x-healthcheck:", "no health check"),
        ("image: postgres:", "image: mysql:", "image"),
        ("[\"shard-1:/var", "[\"shard-0:/var", "share the volume"),
        ("\nvolumes:\n", "\nx-volumes:\n", "no volume"),
        ("build: .", "image: shardwright", "not built"),
    ] {
        let found = found_after(old, new);
        assert!(found.contains(complaint), "`{old}` -> `{new}`: {found:?}, not `{complaint}`");
    }
}
