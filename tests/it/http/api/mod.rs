//! The API's description and what goes with it: held against the routes, the bounds the
//! service enforces, and the pages that problems lead to. That answers are as described is
//! checked wherever a test asks for one.

mod bounds;
mod examples;
mod page;
mod problems;
mod routes;
