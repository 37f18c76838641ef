//! The API's description, OpenAPI 3.1, made of what stands beside each handler.
//!
//! A resource's file says what it is in `#[utoipa::path]` on each handler and lists
//! its handlers in a `Docs` beside `routes()`; [`document`] puts those together, and
//! has from the gate who may call what. A handler that reads a body or a query piece by
//! piece has its shape in a file of its own here. Tests hold all of it against the
//! routes, and every answer they see.

mod document;
mod every;
mod examples;
mod headers;
mod health;
mod money;
mod orders;
mod params;
mod problem;
mod responses;
mod topology;
mod users;

pub(super) use document::Description;
pub use document::openapi;
pub(super) use headers::{
    DashboardAddress, Link, MissingShards, OrderAddress, SetCookie, ShardName, UserAddress,
};
pub(super) use health::{Live, Ready, ShardsHealth};
pub(super) use money::{cents, cents_by_name};
pub(super) use orders::{NewOrderBody, OrdersFrom, StatusBody};
pub(super) use params::{FileVersion, IdempotencyHeader, KindName, Limit, Partial, Region};
pub(super) use problem::MissingShard;
pub(super) use responses::{
    AnyShard, BodyRefused, Conflict, EveryShard, Forbidden, FormRefused, Invalid, NotFound,
    NotReady, OneShard, RefusedByPage,
};
pub(super) use topology::TopologyView;
pub(super) use users::{NewUserBody, UsersFrom};
