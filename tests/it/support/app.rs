//! The service over a test's databases, called without a socket.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use rocket::http::{ContentType, Header};
use rocket::local::asynchronous::{Client, LocalRequest};
use serde_json::Value;
use shardwright::http::Service;

use super::cluster::TestCluster;
use super::response::Response;

/// The keyspaces of the repository's Rocket.toml.
pub(crate) const KEYSPACES: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    [default.sharding.keyspaces.users]
    strategy = "range"
    ranges = [ { end = 50000, shard = "shard-0" }, { start = 50000, shard = "shard-1" } ]
"#;

/// The same with users placed by region, one for each of three shards.
pub(crate) const BY_REGION: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    [default.sharding.keyspaces.users]
    strategy = "region"
    regions = { eu = "shard-0", us = "shard-1", asia = "shard-2" }
"#;

/// The same with users on the ring, so that neighbouring ids live apart.
pub(crate) const BY_HASH: &str = r#"
    [default.sharding.keyspaces.orders]
    strategy = "consistent_hash"
    [default.sharding.keyspaces.users]
    strategy = "consistent_hash"
"#;

/// A running service. Every answer that goes through it is checked for what all answers owe:
/// see [`Response::check`].
#[derive(Debug)]
pub(crate) struct TestApp {
    client: Client,
    secrets: Vec<String>,
}

/// A service that has yet to start.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    cluster: &'a TestCluster,
    keyspaces: String,
    more: String,
}

impl TestApp {
    /// A service with [`KEYSPACES`] over these databases, and settings that no file and no
    /// environment variable changes.
    pub(crate) fn on(cluster: &TestCluster) -> Builder<'_> {
        Builder { cluster, keyspaces: KEYSPACES.to_owned(), more: String::new() }
    }

    /// Another application over these databases.
    pub(crate) fn over(cluster: &TestCluster, client: Client) -> TestApp {
        TestApp { client, secrets: cluster.secrets() }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.client.get(path.to_owned())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(self.client.delete(path.to_owned())).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.post_text(path, body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Response {
        let request = self.client.patch(path.to_owned()).header(ContentType::JSON);
        self.send(request.body(body.to_string())).await
    }

    /// Posts what need not be JSON, saying that it is.
    pub(crate) async fn post_text(&self, path: &str, body: impl AsRef<[u8]>) -> Response {
        let request = self.client.post(path.to_owned()).header(ContentType::JSON);
        self.send(request.body(body)).await
    }

    /// Posts with one more header.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        header: (&str, &str),
        body: &Value,
    ) -> Response {
        let header = Header::new(header.0.to_owned(), header.1.to_owned());
        let request = self.client.post(path.to_owned()).header(ContentType::JSON).header(header);
        self.send(request.body(body.to_string())).await
    }

    /// For requests of a special kind, sent by [`send`](Self::send).
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request and checks what every answer owes.
    pub(crate) async fn send(&self, request: LocalRequest<'_>) -> Response {
        let what = format!("{} {}", request.inner().method(), request.inner().uri());
        Response::read(what, request.dispatch().await).await.check(&self.secrets)
    }
}

impl Builder<'_> {
    /// Replaces the keyspaces.
    pub(crate) fn keyspaces(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.keyspaces);
        self
    }

    /// Adds to the configuration.
    pub(crate) fn config(mut self, toml: &str) -> Self {
        self.more.push_str(toml);
        self.more.push('\n');
        self
    }

    /// The configuration as a whole.
    pub(crate) fn figment(&self) -> Figment {
        let rocket = rocket::Config {
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::debug_default()
        };
        let toml = format!("{}{}{}", self.cluster.shards_toml(), self.keyspaces, self.more);
        Figment::from(rocket).merge(Toml::string(&toml).nested())
    }

    /// Starts it, as `shardwright serve` does.
    pub(crate) async fn start(self) -> TestApp {
        let service = Service::open(&self.figment()).expect("the configuration is good");
        let rocket = service.rocket().await.expect("the shards can serve");
        let client = Client::untracked(rocket).await.expect("the service launches");
        TestApp { client, secrets: self.cluster.secrets() }
    }
}
