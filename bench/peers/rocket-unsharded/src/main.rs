//! Orders by tenant on Rocket and Diesel, all on one database.
//!
//! `PORT`, `POOL` (connections) and `DATABASE` (its URL) say how.

mod db;
mod model;
mod orders;
mod schema;
mod stats;

use std::{env, error::Error, net::Ipv4Addr};

use db::Db;
use rocket::{Config, config::LogLevel, routes};

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let db = Db::connect(&env::var("DATABASE")?, env::var("POOL")?.parse()?)?;
    let config = Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: env::var("PORT")?.parse()?,
        log_level: LogLevel::Critical,
        ..Config::release_default()
    };
    let routes = routes![orders::create, orders::list, orders::show, stats::show];
    let _ = rocket::custom(config).manage(db).mount("/", routes).launch().await?;
    Ok(())
}
