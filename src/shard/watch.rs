use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{
    Wait,
    socket::{Socket, SocketMark},
};

/// Where a call's blocking thread stands, shared with whoever waits for it, so
/// that they can say what it was waiting for and cut it off.
///
/// A thread that waits for a database can't be woken: Diesel's calls end when
/// the server answers or the connection does. So the connection is ended.
#[derive(Debug, Default)]
pub(super) struct Watch {
    stage: Mutex<Stage>,
    limited: Notify,
}

#[derive(Debug, Default)]
struct Stage {
    wait: Wait,
    grip: Grip,
    /// When this stage is to be cut, if that is before the call's deadline.
    until: Option<Instant>,
    /// Since when it waits for what it waits for.
    began: Option<Instant>,
    cut: Option<Cut>,
}

/// Why a call is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its deadline has passed.
    Overdue,
    /// Nobody waits for it any more.
    Abandoned,
}

/// What to cut.
#[derive(Debug, Default)]
enum Grip {
    /// There is nothing, or nothing any more.
    #[default]
    None,
    /// A connection that is being opened.
    Opening(SocketMark),
    /// A connection there is.
    Open(Arc<Socket>),
}

impl Watch {
    /// A connection is about to be opened; `false` if the call was cut already,
    /// and must not begin what nobody could end: there is no socket yet.
    pub(super) fn opens(&self, mark: Option<SocketMark>) -> bool {
        self.enter(Wait::Connection, mark.map_or(Grip::None, Grip::Opening), None);
        self.cut_for().is_none()
    }

    /// A connection is asked whether it is alive, and given up at that moment.
    pub(super) fn tests(&self, socket: Option<&Arc<Socket>>, until: Instant) {
        self.enter(Wait::Connection, Grip::on(socket), Some(until));
        self.limited.notify_one();
    }

    /// A connection is looked at, and its session set, before the closure may use it.
    pub(super) fn readies(&self, socket: Option<&Arc<Socket>>) {
        self.enter(Wait::Connection, Grip::on(socket), None);
    }

    /// The closure runs.
    pub(super) fn runs(&self, socket: Option<&Arc<Socket>>) {
        self.enter(Wait::Statement, Grip::on(socket), None);
    }

    /// The connection is left alone from here on: it may become another call's.
    /// Whether it was cut before.
    pub(super) fn is_over(&self) -> bool {
        let mut stage = self.lock();
        stage.grip = Grip::None;
        stage.cut.is_some()
    }

    /// Ends what the thread waits for, and whatever it would begin; `false` if
    /// it is opening a connection, and has to be cut again until it gives up.
    pub(super) fn cut(&self, why: Cut) -> bool {
        let mut stage = self.lock();
        stage.cut.get_or_insert(why);
        stage.grip.cut()
    }

    /// Ends the stage if its time is up; the call may have another way.
    pub(super) fn cut_stage(&self, now: Instant) {
        let mut stage = self.lock();
        if stage.until.take_if(|until| *until <= now).is_some() {
            stage.grip.cut();
        }
    }

    /// Why it was cut, if it was.
    pub(super) fn cut_for(&self) -> Option<Cut> {
        self.lock().cut
    }

    /// How long it has waited for what it waits for.
    pub(super) fn lasted(&self) -> Duration {
        self.lock().began.map_or(Duration::ZERO, |began| began.elapsed())
    }

    /// What the thread waits for.
    pub(super) fn wait(&self) -> Wait {
        self.lock().wait
    }

    /// When the stage is to be cut, if before the deadline.
    pub(super) fn until(&self) -> Option<Instant> {
        self.lock().until
    }

    /// Comes back when a stage began that may have to be cut.
    pub(super) async fn limited(&self) {
        self.limited.notified().await;
    }

    fn enter(&self, wait: Wait, grip: Grip, until: Option<Instant>) {
        let mut stage = self.lock();
        if stage.cut.is_some() {
            grip.cut();
        }
        let began = stage.began.filter(|_| stage.wait == wait).or_else(|| Some(Instant::now()));
        *stage = Stage { wait, grip, until, began, cut: stage.cut };
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grip {
    fn on(socket: Option<&Arc<Socket>>) -> Self {
        socket.map_or(Self::None, |socket| Self::Open(Arc::clone(socket)))
    }

    /// Whether there is no need to do so again.
    fn cut(&self) -> bool {
        match self {
            Self::None => {}
            // The driver may try another address, or the same without encryption.
            Self::Opening(mark) => {
                Socket::cut_marked(*mark);
                return false;
            }
            Self::Open(socket) => socket.cut(),
        }
        true
    }
}
