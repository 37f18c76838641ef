//! A rule of one's own in an application.

use super::app::App;

#[test]
fn its_own_rule_places_customers_evenly() {
    let app = App::start("custom_router");
    for id in [-9, 0, 7, i64::MAX] {
        let path = format!("/customers/{id}");
        let stored = app.put(&path, "Ada");
        assert_eq!(stored.status, 200, "{stored:?}");
        let found = app.get(&path);
        assert_eq!((found.text.as_str(), &found.shard), ("Ada", &stored.shard), "{found:?}");
    }
    assert_eq!(app.get("/customers/8").status, 404);
    let spread = app.get("/spread").json();
    for shard in ["shard-0", "shard-1", "shard-2"] {
        let keys = spread[shard].as_u64().unwrap_or_default();
        assert!((3_100..3_600).contains(&keys), "{spread}");
    }
    // Added at the end, a shard takes keys from all and none is moved between the others; so
    // with rows there it must not happen by a slip of the file.
    let (ended, folder) = app.stop();
    assert_eq!(ended.code(), Some(0));
    let file = folder.path().join("Rocket.toml");
    let more = std::fs::read_to_string(&file).expect("it is there")
        + "[default.sharding.shards.shard-3]\nurl = \"sqlite://data/shard-3.db\"\n";
    std::fs::write(&file, more).expect("disk has room");
    let output = super::app::command("custom_router", folder.path()).output();
    let output = output.expect("it can be started");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() && told.contains("the rule of keyspace customers is not"),
        "{told}"
    );
}
