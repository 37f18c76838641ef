//! Rocket.toml and the environment: what they come to, and what is said of
//! every mistake.

mod auth;
mod file;
mod health;
mod load;
mod mistakes;
mod overrides;
mod password;
mod pins;
mod shards;
mod strategies;
mod telemetry;
mod together;
mod urls;
