//! Three servers and the service over them.

use std::time::{Duration, Instant};

use super::settings::Settings;
use super::warm::Census;
use super::{DEADLINE, POOL, SHARDS, VICTIM};
use crate::process::{Folder, Server};
use crate::support::app::KEYSPACES;
use crate::support::chaos::Proxy;
use crate::support::cluster::TestCluster;
use crate::support::load::{CLIENTS, Home, Ledger, Load, PACE};
use crate::support::pg::PgServer;
use crate::support::seed::Seed;

/// Where a fault takes place.
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) settings: Settings,
    pub(super) seed: Seed,
    pub(super) cluster: TestCluster,
    /// Between the service and the victim, if the fault is one of the network.
    pub(super) proxy: Option<Proxy>,
    folder: Folder,
    /// None while a test has it stopped.
    service: Option<Server>,
    pub(super) homes: Vec<Home>,
    /// Of the warm service, before any fault.
    pub(super) warm: Census,
    /// The most threads it had for a moment without any fault.
    pub(super) peak: usize,
    /// What the clients of all loads so far were told.
    pub(super) ledger: Ledger,
    loads: usize,
    /// The median ratio of the neighbours' p99 with the fault and without, if they were compared.
    pub(super) ratio: Option<f64>,
}

impl Stage {
    /// A stage with servers of the usual kind.
    pub(super) fn set(name: &'static str) -> Stage {
        Stage::over(name, TestCluster::postgres(SHARDS), false)
    }

    /// A stage where the service reaches the victim through a proxy.
    pub(super) fn set_with_proxy(name: &'static str) -> Stage {
        Stage::over(name, TestCluster::postgres(SHARDS), true)
    }

    /// A stage whose servers take few connections.
    pub(super) fn set_with_few_connections(name: &'static str) -> Stage {
        let few = || PgServer::builder().setting("max_connections", "20").start();
        Stage::over(name, TestCluster::of(PgServer::start_many_by(SHARDS, few)), false)
    }

    #[expect(clippy::print_stderr, reason = "a failure must say what repeats it")]
    fn over(name: &'static str, cluster: TestCluster, proxied: bool) -> Stage {
        let seed = Seed::from_env();
        eprintln!("{name}: SHARDWRIGHT_SEED={} makes the same choices again", seed.first());
        let proxy = proxied.then(|| Proxy::before(cluster.server(VICTIM)));
        let mut shards = cluster.shards_toml();
        if let Some(proxy) = &proxy {
            let port = |port| format!("127.0.0.1:{port}/");
            let server = cluster.server(VICTIM).port();
            shards = shards.replace(&port(server), &port(proxy.port()));
        }
        let folder = Folder::with(&format!(
            "[default.sharding]\ndeadline = '{}ms'\n\
             [default.sharding.pool]\nmax_size = {POOL}\n{shards}{KEYSPACES}",
            DEADLINE.as_millis()
        ));
        let service = folder.serve();
        let mut stage = Stage {
            name,
            settings: Settings::from_env(),
            seed,
            cluster,
            proxy,
            folder,
            homes: homes(&service),
            service: Some(service),
            warm: Census { threads: 0, sessions: 0, memory: 0 },
            peak: 0,
            ledger: Ledger::default(),
            loads: 0,
            ratio: None,
        };
        stage.warm_up();
        stage
    }

    /// The server that suffers.
    pub(super) fn victim(&self) -> &PgServer {
        self.cluster.server(VICTIM)
    }

    pub(super) fn service(&self) -> &Server {
        self.service.as_ref().expect("it is stopped only in between")
    }

    /// Stops the service as an operator does.
    pub(super) fn stop_service(&mut self) {
        let mut service = self.service.take().expect("it runs");
        assert_eq!(service.stop().code(), Some(0), "{}", service.log());
    }

    /// Starts the service; says how long it took until it answered.
    pub(super) fn start_service(&mut self) -> Duration {
        let start = Instant::now();
        let service = self.folder.serve();
        assert_eq!(service.get("/health/live").status, 200, "{}", service.log());
        let took = start.elapsed();
        self.service = Some(service);
        took
    }

    /// A load from every home.
    pub(super) fn load(&mut self) -> Load {
        self.load_at(PACE)
    }

    /// The same at another pace.
    pub(super) fn load_at(&mut self, pace: Duration) -> Load {
        self.loads += 1;
        let name = format!("{}-{}", self.name, self.loads);
        let service = self.service.as_ref().expect("it runs");
        Load::start(service.address(), &name, &self.homes, pace, &mut self.seed)
    }
}

/// A tenant for each client, a third of them on each shard.
fn homes(service: &Server) -> Vec<Home> {
    let mut homes: Vec<Home> = Vec::new();
    let mut tenants = (0..).map(|n| format!("tenant-{n}"));
    for i in 0..CLIENTS {
        let wanted = format!("shard-{}", i % SHARDS);
        let lives_there = |tenant: &String| {
            let told = service.get(&format!("/route/orders/{tenant}"));
            assert_eq!(told.status, 200, "{told:?}");
            told.json["shard"] == wanted.as_str()
        };
        let tenant = tenants.find(lives_there).expect("there is no end of tenants");
        homes.push(Home { tenant, shard: i % SHARDS });
    }
    homes
}
