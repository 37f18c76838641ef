//! What rows are made of: ids that say where a row lives, and the two SQL types
//! that Diesel has no common form of for Postgres and SQLite.

mod instant;
mod order_id;
mod order_key;
mod service_key;
pub mod sql;
mod status;
mod tenant_id;
mod user_key;

pub use instant::UtcInstant;
pub use order_id::OrderId;
pub use order_key::OrderKey;
pub use service_key::{OtherId, ServiceKey};
pub use status::{OrderStatus, UnknownStatus};
pub use tenant_id::{BadTenant, TenantId};
pub use user_key::UserKey;
