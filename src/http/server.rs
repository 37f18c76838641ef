use std::{sync::Arc, time::Duration};

use figment::Figment;
use rocket::{Build, Config, Rocket, fairing::AdHoc};
use thiserror::Error;
use tracing::{info, warn};

use super::{
    InFlight, Traffic, catchers, dashboard,
    door::ShardHeader,
    grace, health,
    method::NoMethodOverride,
    metrics::{self, Metrics, Requests},
    orders,
    request_id::RequestIds,
    route, stats, topology,
    traced::traced,
    users,
};
use crate::{
    cluster::{Blueprint, BuildError, Builder, ShardedDb},
    config::{HealthSettings, Problems, Sharding, without_source},
    key::{KeyspaceName, ShardBy, ShardId},
    ops::{
        Inspector, Monitor, OnPending, StartError, confirm, fetch_latecomer, identity::Guard,
        migrate::Migrator, prepare,
    },
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
    Start(#[from] StartError),
}

impl Service {
    /// Reads the configuration and puts the cluster together. Touches no database.
    ///
    /// # Errors
    /// [`ServiceError::Configuration`] with everything that is wrong.
    pub fn open(figment: &Figment) -> Result<Self, ServiceError> {
        let blueprint = Self::blueprint(figment)?;
        let settings = blueprint.settings.clone();
        let guard = Guard::new(&blueprint.keyspaces, &blueprint.shards());
        let traffic = Traffic::default();
        let metrics = settings.telemetry.metrics.then(Metrics::new);
        let mut builder =
            Builder::from_blueprint(blueprint).admission(guard.admission(migrations::source()));
        if let Some(metrics) = &metrics {
            builder = builder.observer(Arc::new(traffic.clone()));
            builder = metrics.observers().into_iter().fold(builder, Builder::observer);
        }
        let db = builder.build()?;
        let figment = grace::over(figment, settings.deadline);
        Ok(Self { figment, settings, db, guard, traffic, metrics })
    }

    /// The configuration, read and held against what the service needs.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn blueprint(figment: &Figment) -> Result<Blueprint, Problems> {
        let blueprint = Blueprint::load(figment);
        let mut problems = blueprint.as_ref().err().cloned().unwrap_or_default();
        if let Err(error) = Config::try_from(figment) {
            for message in error.into_iter().map(|error| without_source(&error.to_string())) {
                // A file that can't be read at all has been told of.
                if !problems.iter().any(|problem| problem.message == message) {
                    problems.add("rocket", message);
                }
            }
        }
        if let Ok(blueprint) = &blueprint {
            check(blueprint, &mut problems);
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

    /// Whether the server has a thread for every connection of the pools. What
    /// needs no server (a migration, a look at a route) needs no threads for it.
    ///
    /// # Errors
    /// The number to set.
    pub fn check_threads(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let connections = self.settings.connections();
        let threads = Config::from(&self.figment).max_blocking;
        if connections > threads {
            problems.add(
                "max_blocking",
                format!(
                    "is {threads}, and the pools together have {connections} connections, each of \
                     which needs a thread; set it to at least {connections}, or lower max_size or \
                     max_total"
                ),
            );
        }
        problems.none_or(())
    }

    /// Brings every shard that answers to the binary's schema, or refuses the
    /// start; then the server, ready to launch.
    ///
    /// # Errors
    /// [`ServiceError::Start`] if a shard answers and can't serve.
    pub async fn rocket(self) -> Result<Rocket<Build>, ServiceError> {
        self.check_threads()?;
        grace::check(&Config::from(&self.figment), self.settings.deadline);
        let (on_pending, migrator) = match self.settings.migrate_on_start {
            true => (OnPending::Migrate, self.migrator()),
            false => (OnPending::Refuse, self.migrator()),
        };
        let health = &self.settings.health;
        let absent = prepare(&self.db, &migrator, &declared(), on_pending, health).await?;
        let monitor = Monitor::start(&self.db, health.clone()).await;
        // Held from here on: another process may have taken on another rule until now.
        confirm(&self.db, &self.guard, &absent).await?;
        let source = migrations::source();
        let inspector = Inspector::start(&self.db, &self.guard, source, declared(), INSPECT_EVERY);
        let in_flight = InFlight::default();
        let telemetry = self.settings.telemetry.clone();
        let rocket = rocket::custom(self.figment)
            .attach(in_flight.clone())
            .attach(RequestIds)
            .attach(Requests::new(self.metrics.as_ref().map(Metrics::requests)))
            .attach(NoMethodOverride)
            .attach(ShardHeader)
            .attach(warm_up(self.db.clone()))
            .attach(latecomers(self.db.clone(), migrator, absent, on_pending, health.clone()))
            .attach(announce())
            .manage(self.db)
            .manage(monitor)
            .manage(inspector)
            .manage(in_flight)
            .manage(self.traffic)
            .manage(self.settings)
            .mount("/", traced(orders::routes(), &telemetry))
            .mount("/", traced(users::routes(), &telemetry))
            .mount("/", traced(stats::routes(), &telemetry))
            .mount("/", traced(health::routes(), &telemetry))
            .mount("/", traced(topology::routes(), &telemetry))
            .mount("/", traced(route::routes(), &telemetry))
            .mount("/", traced(dashboard::routes(), &telemetry))
            .register("/", catchers::all());
        Ok(match self.metrics {
            Some(metrics) => {
                rocket.manage(metrics).mount("/", traced(metrics::routes(), &telemetry))
            }
            None => rocket,
        })
    }
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

fn warm_up(db: ShardedDb) -> AdHoc {
    AdHoc::on_liftoff("warm pools", |_| {
        Box::pin(async move {
            // Rocket waits for this before it serves, and no shard may hold that up.
            for place in 0..db.shards().len() {
                let db = db.clone();
                tokio::spawn(async move {
                    if let Err(error) = db.shards()[place].warm().await {
                        warn!(%error, "could not open connections ahead of need");
                    }
                });
            }
        })
    })
}

fn latecomers(
    db: ShardedDb,
    migrator: Migrator<ShardConnection>,
    absent: Vec<ShardId>,
    on_pending: OnPending,
    health: HealthSettings,
) -> AdHoc {
    AdHoc::on_liftoff("latecomers", move |_| {
        Box::pin(async move {
            if on_pending == OnPending::Migrate {
                // Each by itself: one that hangs must not keep the others out.
                for shard in absent {
                    let (db, migrator, health) = (db.clone(), migrator.clone(), health.clone());
                    tokio::spawn(fetch_latecomer(db, migrator, declared(), shard, health));
                }
            }
        })
    })
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
