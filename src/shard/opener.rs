use std::{
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::{ConnectionError, ConnectionResult, QueryResult};

use super::{
    Absent, Connect, Session,
    budget::{Attached, Parting, Seat},
    file::{EmbeddedFile, Tenancy},
    slot::{Live, Slot},
    slow::SlowQueries,
    socket::{Socket, SocketMark},
    watch::Watch,
};
use crate::{
    config::{Backend, DatabaseUrl, PostgresUrl},
    key::ShardId,
};

/// How long an idle connection is taken to be alive without asking it.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long one that is asked has to answer; then another is opened in its place.
const PING: Duration = Duration::from_millis(500);
/// By how much a statement may be ended too early.
const SLIGHT: Duration = Duration::from_millis(10);

/// Opens a shard's connections and tests those that may have died.
#[derive(Debug)]
pub(super) struct Opener<C> {
    url: DatabaseUrl,
    /// What the URL names, if it is a file.
    file: Option<EmbeddedFile>,
    session: Session,
    slow: SlowQueries,
    /// Connections lost so far: when one dies its neighbours are suspect too.
    losses: AtomicU64,
    /// How long the last opening took, in microseconds; 0 before the first.
    opened_in: AtomicU64,
    connection: PhantomData<fn() -> C>,
}

/// A connection, and which file it has open if it is one's. In this order: the file
/// counts as in use until the connection is closed.
pub(super) struct Opened<C> {
    pub(super) connection: C,
    pub(super) tenancy: Option<Tenancy>,
}

impl<C: Connect> Opener<C> {
    pub(super) fn new(
        shard: &ShardId,
        url: DatabaseUrl,
        session: Session,
        slow: SlowQueries,
    ) -> Self {
        let (losses, opened_in) = (AtomicU64::new(0), AtomicU64::new(0));
        let file = match &url {
            DatabaseUrl::Sqlite(path) => Some(EmbeddedFile::new(shard.clone(), path.clone())),
            DatabaseUrl::Postgres(_) => None,
        };
        Self { url, file, session, slow, losses, opened_in, connection: PhantomData }
    }

    /// The slot's connection, alive: tested if it has been idle for a while or
    /// another was lost since, opened if there is none. Blocks.
    ///
    /// `seat` is the new connection's place in the budget, where there is one.
    pub(super) fn fill<'a>(
        &self,
        slot: &'a mut Slot<C>,
        mut seat: Option<Seat>,
        watch: &Watch,
    ) -> ConnectionResult<&'a mut Live<C>> {
        let losses = self.losses.load(Ordering::Relaxed);
        if let Some(mut live) = slot.live.take() {
            if self.is_alive(&mut live, losses, watch) {
                return Ok(slot.live.insert(live));
            }
            seat = live.close();
        }
        Ok(slot.live.insert(self.fresh(losses, seat, watch)?))
    }

    /// Whether the connection's file, if it has one, is still where the shard's is.
    pub(super) fn is_in_place(&self, live: &Live<C>) -> bool {
        match (&self.file, &live.tenancy) {
            (Some(file), Some(tenancy)) => file.is_still(tenancy),
            _ => true,
        }
    }

    /// Whether what was done on a connection outside the pool is where the shard's file is.
    ///
    /// # Errors
    /// Its file is missing, or another is in its place.
    pub(super) fn check(&self, tenancy: Option<&Tenancy>) -> ConnectionResult<()> {
        match (&self.file, tenancy) {
            (Some(file), Some(tenancy)) => file.check(tenancy),
            _ => Ok(()),
        }
    }

    /// Whether the shard's file is missing, or another one is in its place.
    pub(super) fn is_displaced(&self) -> bool {
        self.file.as_ref().is_some_and(EmbeddedFile::is_displaced)
    }

    fn is_alive(&self, live: &mut Live<C>, losses: u64, watch: &Watch) -> bool {
        if !self.is_in_place(live) {
            return false;
        }
        // Where a server's end can't be seen, it has to be asked.
        let quiet = match live.connection.socket() {
            Some(socket) => socket.is_quiet(),
            None => self.url.backend() == Backend::Sqlite,
        };
        if quiet && live.used.elapsed() < TRUSTED && live.losses == losses {
            return true;
        }
        live.losses = losses;
        watch.tests(live.connection.socket(), Instant::now() + PING);
        let alive = live.connection.ping().is_ok();
        if !alive {
            self.losses.fetch_add(1, Ordering::Relaxed);
        }
        alive
    }

    fn fresh(&self, losses: u64, seat: Option<Seat>, watch: &Watch) -> ConnectionResult<Live<C>> {
        let began = Instant::now();
        let mark = self.url.may_be_remote().then(|| SocketMark::new(self.session.connect_timeout));
        if !watch.opens(mark) {
            return Err(ConnectionError::BadConnection("there is no time left".to_owned()));
        }
        let Opened { mut connection, tenancy } =
            self.open(&Session { mark, ..self.session.clone() })?;
        connection.set_instrumentation(self.slow.clone());
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.opened_in.store(took.max(1), Ordering::Relaxed);
        // Where sessions are counted, a server's own count matters too.
        let parting = if seat.is_some() { Parting::Seen } else { Parting::AtOnce };
        let connection = Attached::new(
            connection,
            mark.and_then(|mark| self.socket(mark)).map(Arc::new),
            parting,
        );
        Ok(Live {
            connection,
            used: Instant::now(),
            limit: self.limit(),
            losses,
            lost: false,
            admitted: None,
            tenancy,
            seat,
        })
    }

    /// Has the database end a statement within the time that is left, rather than
    /// have the connection cut for it. Costs a round trip, and so is only done where
    /// a call has waited long, and after that.
    pub(super) fn limit_statements(&self, live: &mut Live<C>, left: Duration) -> QueryResult<()> {
        let wanted = self.limit().min(Session::limit_within(left));
        if live.limit <= left && live.limit + SLIGHT >= wanted {
            return Ok(());
        }
        live.connection.limit_statements(wanted)?;
        live.limit = wanted;
        Ok(())
    }

    /// What a new connection's statements have.
    fn limit(&self) -> Duration {
        self.session.statement_timeout.unwrap_or(Duration::MAX)
    }

    fn socket(&self, mark: SocketMark) -> Option<Socket> {
        let DatabaseUrl::Postgres(url) = &self.url else { return None };
        let socket = Socket::find(mark)?;
        socket.settle(user_timeout(url, &self.session));
        Some(socket)
    }

    /// How long opening a connection may reasonably take: several times what it
    /// took last, so that a shard far away is not given up too soon.
    pub(super) fn patience(&self) -> Duration {
        match self.opened_in.load(Ordering::Relaxed) {
            0 => self.session.connect_timeout,
            took => self.session.connect_timeout.min(Duration::from_micros(took) * 3),
        }
    }

    /// A connection outside the pool. Blocks.
    pub(super) fn open(&self, session: &Session) -> ConnectionResult<Opened<C>> {
        let Some(file) = &self.file else {
            return Ok(Opened { connection: C::open(&self.url, session)?, tenancy: None });
        };
        let expected = file.expect()?;
        // An empty one made in the place of the one we know would be taken for the shard.
        let absent = if expected.is_some() { Absent::Missing } else { session.absent };
        let connection = C::open(&self.url, &Session { absent, ..session.clone() })?;
        let tenancy = file.opened(expected, absent)?;
        Ok(Opened { connection, tenancy })
    }

    pub(super) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// A connection died in use, or its statements are out of date; its
    /// neighbours may be no better.
    pub(super) fn lost(&self, live: &mut Live<C>) {
        live.lost = true;
        self.losses.fetch_add(1, Ordering::Relaxed);
    }
}

/// How long data on the connection may stay unacknowledged.
fn user_timeout(url: &PostgresUrl, session: &Session) -> Duration {
    let given = url.parameter("tcp_user_timeout").and_then(|millis| millis.parse().ok());
    given.map_or(session.connect_timeout, Duration::from_millis)
}
