use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::super::{Traffic, auth::Gate};
use crate::{
    cluster::ShardedDb,
    config::Sharding,
    ops::{Inspector, Monitor},
};

/// What the page is made from: all of it is known before it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Sources<'r> {
    pub(super) db: &'r ShardedDb,
    pub(super) settings: &'r Sharding,
    pub(super) monitor: &'r Monitor,
    pub(super) inspector: &'r Inspector,
    pub(super) traffic: &'r Traffic,
    pub(super) gate: &'r Gate,
}

impl<'r> Sources<'r> {
    fn of(request: &'r Request<'_>) -> Option<Self> {
        let rocket = request.rocket();
        Some(Self {
            db: rocket.state()?,
            settings: rocket.state()?,
            monitor: rocket.state()?,
            inspector: rocket.state()?,
            traffic: rocket.state()?,
            gate: rocket.state()?,
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Sources<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match Self::of(request) {
            Some(sources) => Outcome::Success(sources),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}
