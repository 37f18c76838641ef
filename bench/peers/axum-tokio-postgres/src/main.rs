//! Orders by tenant on axum and tokio-postgres, sharded by the articles' ring.
//!
//! `PORT`, `POOL` (connections a shard) and `SHARDS` (URLs, with commas between) say how.

mod failure;
mod model;
mod orders;
mod shards;
mod stats;

use std::{env, net::Ipv4Addr, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
    serve::ListenerExt,
};
use shards::Shards;
use tokio::{net::TcpListener, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool: usize = env::var("POOL")?.parse()?;
    let shards = Shards::connect(&env::var("SHARDS")?, pool).await?;
    let routes = Router::new()
        .route("/orders", post(orders::create))
        .route("/orders/{tenant}", get(orders::list))
        .route("/orders/{tenant}/{id}", get(orders::show))
        .route("/stats", get(stats::show))
        .with_state(Arc::new(shards));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, env::var("PORT")?.parse()?)).await?;
    let listener = listener.tap_io(|stream| {
        // As axum's documentation has it, for short answers.
        let _ = stream.set_nodelay(true);
    });
    let told = async {
        let _ = signal::ctrl_c().await;
    };
    axum::serve(listener, routes).with_graceful_shutdown(told).await?;
    Ok(())
}
