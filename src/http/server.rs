use std::{sync::Arc, time::Duration};

use figment::Figment;
use rocket::{Build, Config, Rocket, fairing::AdHoc};
use thiserror::Error;
use tracing::info;

use super::{
    InFlight, RequestIds, ShardHeader, Traffic, access,
    auth::{Gate, Verifier, login},
    catchers, checks, dashboard, grace, hangup, health,
    method::NoMethodOverride,
    metrics::{self, Metrics, Requests},
    openapi, orders, problems, reference, route, stats, topology,
    traced::traced,
    users,
};
use crate::{
    cluster::{Blueprint, BuildError, Builder, ShardedDb},
    config::{Problems, Sharding},
    key::{KeyspaceName, ShardBy},
    ops::{Inspector, Launch, LaunchError, Program, identity::Guard, migrate::Migrator},
    shard::ShardConnection,
    store::{
        migrations,
        tables::declared,
        types::{TenantId, UserKey},
    },
};

/// How often the shards are looked at for what changes seldom.
const INSPECT_EVERY: Duration = Duration::from_secs(30);

/// Everything the service is made of, before it serves.
#[derive(Debug)]
pub struct Service {
    figment: Figment,
    settings: Sharding,
    db: ShardedDb,
    guard: Guard,
    gate: Gate,
    traffic: Traffic,
    metrics: Option<Metrics>,
}

/// A service that can't start.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The configuration is wrong.
    #[error(transparent)]
    Configuration(#[from] Problems),
    /// The cluster can't be built from it.
    #[error(transparent)]
    Cluster(#[from] BuildError),
    /// A shard answers and can't serve.
    #[error(transparent)]
    Start(#[from] LaunchError),
}

impl Service {
    /// Reads the configuration and puts the cluster together. Touches no database.
    ///
    /// # Errors
    /// [`ServiceError::Configuration`] with everything that is wrong.
    pub fn open(figment: &Figment) -> Result<Self, ServiceError> {
        let blueprint = Self::blueprint(figment)?;
        let settings = blueprint.settings.clone();
        let gate = Gate::new(verifier(&settings)?, &settings);
        let guard = Guard::new(&blueprint.keyspaces, &blueprint.shards()).of(Program::Service);
        let traffic = Traffic::default();
        let metrics = settings.telemetry.metrics.then(Metrics::new);
        let mut builder =
            Builder::from_blueprint(blueprint).admission(guard.admission(migrations::source()));
        if let Some(metrics) = &metrics {
            builder = builder.observer(Arc::new(traffic.clone()));
            builder = metrics.observers().into_iter().fold(builder, Builder::observer);
        }
        let db = builder.build()?;
        let figment = hangup::over(&grace::over(figment, settings.deadline));
        Ok(Self { figment, settings, db, guard, gate, traffic, metrics })
    }

    /// The configuration, read and held against what the service needs.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn blueprint(figment: &Figment) -> Result<Blueprint, Problems> {
        let blueprint = Blueprint::load(figment);
        let mut problems = blueprint.as_ref().err().cloned().unwrap_or_default();
        checks::rocket(figment, &mut problems);
        if let Ok(blueprint) = &blueprint {
            check(blueprint, &mut problems);
            if let Err(found) = verifier(&blueprint.settings) {
                found.iter().for_each(|one| problems.add(&one.path, &one.message));
            }
        }
        problems.none_or(blueprint)?
    }

    /// The cluster.
    #[must_use]
    pub fn db(&self) -> &ShardedDb {
        &self.db
    }

    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Sharding {
        &self.settings
    }

    /// What its databases must say of themselves.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// A migrator of the service's own tables.
    #[must_use]
    pub fn migrator(&self) -> Migrator<ShardConnection> {
        Migrator::new(self.db.clone(), migrations::source()).guarded_by(self.guard.clone())
    }

    /// Whether a server can be made of it: it has a thread for every connection of
    /// the pools, and asks for tokens if other machines can reach it. What needs no
    /// server (a migration, a look at a route) needs neither.
    ///
    /// # Errors
    /// What to set.
    pub fn check_server(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let config = Config::from(&self.figment);
        access::check(&config, &self.settings.auth, &mut problems);
        checks::threads(&self.settings, config.max_blocking, &mut problems);
        problems.none_or(())
    }

    /// Brings every shard that answers to the binary's schema, or refuses the
    /// start; then the server, ready to launch.
    ///
    /// # Errors
    /// [`ServiceError::Start`] if a shard answers and can't serve.
    pub async fn rocket(self) -> Result<Rocket<Build>, ServiceError> {
        self.check_server()?;
        access::warn(&self.settings.auth);
        grace::check(&Config::from(&self.figment), self.settings.deadline);
        let (launch, monitor) =
            Launch::ready(self.migrator(), declared(), self.settings.clone()).await?;
        let source = migrations::source();
        let inspector = Inspector::start(&self.db, &self.guard, source, declared(), INSPECT_EVERY);
        let in_flight = InFlight::default();
        let (gate, telemetry) = (self.gate, self.settings.telemetry.clone());
        let served = |routes| traced(gate.guarded(routes), &telemetry);
        let rocket = rocket::custom(self.figment)
            .attach(in_flight.clone())
            .attach(RequestIds)
            .attach(Requests::new(self.metrics.as_ref().map(Metrics::requests)))
            .attach(NoMethodOverride)
            .attach(ShardHeader)
            .attach(lift_off(launch))
            .attach(announce())
            .manage(self.db)
            .manage(monitor)
            .manage(inspector)
            .manage(in_flight)
            .manage(openapi::Description::of(&gate))
            .manage(self.traffic)
            .manage(self.settings)
            .mount("/", served(orders::routes()))
            .mount("/", served(users::routes()))
            .mount("/", served(stats::routes()))
            .mount("/", served(health::routes()))
            .mount("/", served(topology::routes()))
            .mount("/", served(route::routes()))
            .mount("/", served(problems::routes()))
            .mount("/", served(reference::routes()))
            .mount("/", served(login::routes()))
            .mount("/", served(dashboard::routes()))
            .mount("/", served(metrics::routes()))
            .register("/", catchers::catchers());
        Ok(rocket.manage(self.metrics).manage(gate))
    }
}

fn verifier(settings: &Sharding) -> Result<Option<Verifier>, Problems> {
    Verifier::new(&settings.auth).map_err(|message| {
        let mut problems = Problems::default();
        problems.add("sharding.auth.public_key_file", message);
        problems
    })
}

/// What the service needs beyond a valid cluster.
fn check(blueprint: &Blueprint, problems: &mut Problems) {
    for name in [TenantId::KEYSPACE, UserKey::KEYSPACE] {
        if !blueprint.keyspaces.iter().any(|keyspace| keyspace.name.as_str() == name) {
            problems.add(format!("sharding.keyspaces.{name}"), "is missing; the service needs it");
        }
    }
    for keyspace in &blueprint.keyspaces {
        let is_text = keyspace.name.as_str() == TenantId::KEYSPACE;
        if is_text && keyspace.router.strategy() != "consistent_hash" {
            needs_hash(&keyspace.name, keyspace.router.strategy(), problems);
        }
    }
}

fn needs_hash(name: &KeyspaceName, strategy: &str, problems: &mut Problems) {
    problems.add(
        format!("sharding.keyspaces.{name}.strategy"),
        format!(
            "tenants are text without a region, which \"{strategy}\" has no place for; use \
             \"consistent_hash\""
        ),
    );
}

fn lift_off(launch: Launch<ShardConnection>) -> AdHoc {
    AdHoc::on_liftoff("lift off", move |_| Box::pin(async move { launch.lift_off() }))
}

fn announce() -> AdHoc {
    AdHoc::on_liftoff("announce", |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            let shards = rocket.state::<ShardedDb>().map_or(0, |db| db.shards().len());
            info!("serving {shards} shards on http://{}:{}", config.address, config.port);
        })
    })
}
