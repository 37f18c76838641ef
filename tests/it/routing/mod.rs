//! Placement: golden vectors, the routers' contract, and what must hold of any
//! key under any rule.
//!
//! Deliberately absent: a test that `route` allocates nothing. Counting
//! allocations takes a global allocator of one's own, which is `unsafe` code.

mod contract;
mod fingerprint;
mod golden;
mod range;
mod reference;
mod region;
mod ring;
mod rules;
mod vectors;
