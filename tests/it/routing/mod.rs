//! Placement: golden vectors, the routers' contract, and what must hold of any
//! key under any rule.

mod allocations;
mod contract;
mod fingerprint;
mod frozen;
mod golden;
mod range;
mod reference;
mod region;
mod ring;
mod rules;
mod vectors;
