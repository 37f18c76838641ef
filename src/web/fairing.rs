use std::{fmt, time::Duration};

use diesel::{connection::Connection, migration::MigrationSource};
use figment::Figment;
use rocket::{
    Build, Config, Orbit, Rocket,
    fairing::{self, Fairing, Info, Kind},
};
use tokio::time::timeout;
use tracing::{error, warn};

use super::{
    InFlight, RequestIds, ShardHeader, checks, grace, problem::in_full, routers::OwnRouter,
};
use crate::{
    cluster::{Blueprint, Builder, ShardedDb},
    config::{Problems, Sharding},
    key::ShardId,
    ops::{
        Launch,
        identity::Guard,
        migrate::{Migrate, Migrator, Source},
        placement::Census,
        tables::{KeyspaceTables, Table},
    },
    routing::Router,
};

/// How long no request may have come or gone before the last one is taken to be answered.
const SETTLED: Duration = Duration::from_millis(100);
/// How long connections have to be closed in after that.
const CLOSING: Duration = Duration::from_secs(1);

/// Opens an application's cluster when it launches and closes it when it ends: what
/// [`ShardedDb::fairing`] gives.
pub struct ShardsFairing<C: Migrate> {
    source: Source<C>,
    tables: Vec<(String, Vec<Table>)>,
    routers: Vec<OwnRouter>,
}

/// What the configuration and the application make together.
struct Opened<C: Migrate> {
    migrator: Migrator<C>,
    declared: Vec<KeyspaceTables>,
    settings: Sharding,
}

impl<C: Migrate + Census> ShardedDb<C> {
    /// A fairing that makes a cluster of the application's `[sharding]` section, for
    /// the guard [`Shards`](super::Shards).
    ///
    /// At launch it reads the configuration and tells everything that is wrong with it;
    /// asks every database who it is; runs the application's migrations, or refuses to
    /// start if some are pending and `migrate_on_start` is `false`; holds each keyspace's
    /// rule against the one its rows were placed by; and starts to watch the shards. One
    /// that does not answer holds up nobody, and is served from when it does.
    ///
    /// It manages the `ShardedDb<C>` and its [`Monitor<C>`](crate::ops::Monitor), gives
    /// requests as much time when Rocket stops as the deadline lets them have, and then
    /// closes the connections. Responses carry `X-Request-Id` and `X-Shard`.
    ///
    /// # Examples
    /// ```
    /// use diesel::{SqliteConnection, prelude::*};
    /// use diesel_migrations::{EmbeddedMigrations, embed_migrations};
    /// use rocket::figment::providers::{Format, Toml};
    /// use rocket::{get, http::Status, local::blocking::Client, routes};
    /// use shardwright::cluster::ShardedDb;
    /// use shardwright::key::{ShardBy, ShardKey};
    /// use shardwright::ops::tables::Table;
    /// use shardwright::web::{Problem, Shards, catchers};
    ///
    /// const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
    /// # diesel::table! { users (id) { id -> BigInt, name -> Text, } }
    ///
    /// struct UserId(i64);
    /// impl ShardBy for UserId {
    ///     const KEYSPACE: &'static str = "users";
    ///     fn shard_key(&self) -> ShardKey<'_> {
    ///         ShardKey::int(self.0)
    ///     }
    /// }
    ///
    /// #[get("/users/<id>")]
    /// async fn show(
    ///     id: i64,
    ///     shards: Shards<'_, UserId, SqliteConnection>,
    /// ) -> Result<String, Problem> {
    ///     let user = users::table.find(id).select(users::name);
    ///     let name = shards.read(&UserId(id), move |conn| user.first(conn).optional()).await?;
    ///     name.ok_or_else(|| Problem::not_found(format!("there is no user {id}")))
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path().display();
    /// // What stands in Rocket.toml as a rule.
    /// let settings = Toml::string(&format!(r#"
    ///     [default.sharding.shards.shard-0]
    ///     url = "sqlite://{folder}/0.db"
    ///     [default.sharding.shards.shard-1]
    ///     url = "sqlite://{folder}/1.db"
    ///     [default.sharding.keyspaces.users]
    ///     strategy = "range"
    ///     ranges = [ {{ end = 50000, shard = "shard-0" }}, {{ start = 50000, shard = "shard-1" }} ]
    /// "#)).nested();
    ///
    /// let rocket = rocket::custom(rocket::Config::figment().merge(settings))
    ///     .attach(
    ///         ShardedDb::<SqliteConnection>::fairing()
    ///             .migrations(MIGRATIONS)
    ///             .tables("users", [Table::by_int("users", "id")]),
    ///     )
    ///     .mount("/", routes![show])
    ///     .register("/", catchers());
    ///
    /// let client = Client::untracked(rocket)?;
    /// let answer = client.get("/users/70000").dispatch();
    /// assert_eq!(answer.status(), Status::NotFound);
    /// assert_eq!(answer.headers().get_one("X-Shard"), Some("shard-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fairing() -> ShardsFairing<C> {
        let source = Source::new(|_| Ok(Vec::new()));
        ShardsFairing { source, tables: Vec::new(), routers: Vec::new() }
    }
}

impl<C: Migrate + Census> ShardsFairing<C> {
    /// The application's migrations, as `embed_migrations!` makes them.
    #[must_use]
    pub fn migrations<S>(self, source: S) -> Self
    where
        S: MigrationSource<<C as Connection>::Backend> + Send + Sync + 'static,
    {
        self.migrations_of(Source::new(move |_| source.migrations()))
    }

    /// The same from anywhere, such as by the kind of database that a connection leads to.
    #[must_use]
    pub fn migrations_of(self, source: Source<C>) -> Self {
        Self { source, ..self }
    }

    /// Which tables a keyspace's rule places, so that their rows can be looked at when
    /// the rule has changed. Once for each keyspace; without it, a changed rule is refused
    /// whether there are rows or not.
    #[must_use]
    pub fn tables(mut self, keyspace: &str, tables: impl IntoIterator<Item = Table>) -> Self {
        self.tables.push((keyspace.to_owned(), tables.into_iter().collect()));
        self
    }

    /// Places a keyspace by a router of the application's own rather than by settings.
    /// It is made when the shards are known: routers count them in the order of the list,
    /// which is that of their names.
    #[must_use]
    pub fn router<R: Router, E: fmt::Display>(
        mut self,
        keyspace: &str,
        make: impl Fn(&[ShardId]) -> Result<R, E> + Send + Sync + 'static,
    ) -> Self {
        self.routers.push(OwnRouter::new(keyspace, make));
        self
    }

    /// A migrator of the same shards, for an application that migrates by a command of
    /// its own rather than when it starts. Touches no database.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration.
    pub fn migrator(&self, figment: &Figment) -> Result<Migrator<C>, Problems> {
        self.open(figment).map(|opened| opened.migrator)
    }

    fn open(&self, figment: &Figment) -> Result<Opened<C>, Problems> {
        let blueprint = Blueprint::load(figment);
        let mut problems = blueprint.as_ref().err().cloned().unwrap_or_default();
        checks::rocket(figment, &mut problems);
        let Ok(mut blueprint) = blueprint else { return Err(problems) };
        for router in &self.routers {
            router.join(&mut blueprint, &mut problems);
        }
        for shard in &blueprint.settings.shards {
            let backend = shard.url.backend();
            if !C::reaches(backend) {
                let path = format!("sharding.shards.{}.url", shard.id);
                problems.add(path, format!("names a {backend} database, which the application's type of connection does not reach"));
            }
        }
        let declared = self.declared(&blueprint, &mut problems);
        let settings = blueprint.settings.clone();
        let guard = Guard::new(&blueprint.keyspaces, &blueprint.shards());
        let built = Builder::from_blueprint(blueprint)
            .admission(guard.admission(self.source.clone()))
            .build();
        match built {
            Ok(db) => {
                let migrator = Migrator::new(db, self.source.clone()).guarded_by(guard);
                problems.none_or(Opened { migrator, declared, settings })
            }
            Err(error) => {
                if problems.is_empty() {
                    problems.add("sharding", error.to_string());
                }
                Err(problems)
            }
        }
    }

    /// The tables as declared, each for a keyspace that there is.
    fn declared(&self, blueprint: &Blueprint, problems: &mut Problems) -> Vec<KeyspaceTables> {
        let mut all = Vec::new();
        for (keyspace, tables) in &self.tables {
            let path = format!("sharding.keyspaces.{keyspace}");
            if !blueprint.keyspaces.iter().any(|known| known.name.as_str() == keyspace) {
                problems.add(&path, "is missing; the application has tables of it");
            }
            match KeyspaceTables::new(keyspace, tables.iter().cloned()) {
                Ok(tables) => all.push(tables),
                Err(error) => problems.add(&path, error.to_string()),
            }
        }
        all
    }

    #[allow(clippy::result_large_err, reason = "Rocket's own types")]
    async fn launch(&self, rocket: Rocket<Build>) -> fairing::Result {
        let opened = self.open(rocket.figment()).and_then(|opened| {
            let mut problems = Problems::default();
            let max_blocking = Config::from(rocket.figment()).max_blocking;
            checks::threads(&opened.settings, max_blocking, &mut problems);
            problems.none_or(opened)
        });
        let Opened { migrator, declared, settings } = match opened {
            Ok(opened) => opened,
            Err(problems) => {
                error!("{problems}");
                return Err(rocket);
            }
        };
        let figment = grace::over(rocket.figment(), settings.deadline);
        grace::check(&Config::from(&figment), settings.deadline);
        let (launch, monitor) = match Launch::ready(migrator, declared, settings).await {
            Ok(ready) => ready,
            Err(error) => {
                error!("the shards can't serve: {}", in_full(&error));
                return Err(rocket);
            }
        };
        let rocket = match rocket.state::<InFlight>().cloned() {
            Some(_) => rocket,
            None => {
                let in_flight = InFlight::default();
                rocket.manage(in_flight.clone()).attach(in_flight)
            }
        };
        let db = launch.db().clone();
        let rocket = rocket.attach(RequestIds).attach(ShardHeader);
        Ok(rocket.configure(figment).manage(db).manage(monitor).manage(launch))
    }
}

#[rocket::async_trait]
impl<C: Migrate + Census> Fairing for ShardsFairing<C> {
    fn info(&self) -> Info {
        let kind = Kind::Ignite | Kind::Liftoff | Kind::Shutdown | Kind::Singleton;
        Info { name: "shards", kind }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        self.launch(rocket).await
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        if let Some(launch) = rocket.state::<Launch<C>>() {
            launch.lift_off();
        }
    }

    /// Rocket goes on answering meanwhile; a request that is under way may still call.
    async fn on_shutdown(&self, rocket: &Rocket<Orbit>) {
        let (Some(db), Some(in_flight)) =
            (rocket.state::<ShardedDb<C>>(), rocket.state::<InFlight>())
        else {
            return;
        };
        let grace = Duration::from_secs(rocket.config().shutdown.grace.into());
        let _ = timeout(grace, in_flight.quiet(SETTLED)).await;
        for shard in db.drain(CLOSING).await {
            warn!(%shard, "connections are still in use, and end with the process");
        }
    }
}

impl<C: Migrate> fmt::Debug for ShardsFairing<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShardsFairing")
            .field("tables", &self.tables)
            .field("routers", &self.routers)
            .finish_non_exhaustive()
    }
}
