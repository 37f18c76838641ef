//! An application of somebody's own, made of what the library gives it: its table, its
//! migration, its routes.

mod app;
mod launch;
mod pending;
mod problems;
mod refusals;
mod requests;
mod rules;

use app::{Author, BY_HASH, MIGRATIONS, failure, fairing, figment, launched, list, rocket, start};
