//! Where a shard's database is: a Postgres URL as libpq reads it, or a file.

mod backend;
mod database;
mod endpoint;
mod error;
mod postgres;
mod show;

pub use backend::Backend;
pub use database::DatabaseUrl;
pub use endpoint::Endpoint;
pub use error::UrlError;
pub use postgres::PostgresUrl;
