//! Tests of the toolbox: every fault is seen to work, and seen to end.

mod network;
mod servers;
