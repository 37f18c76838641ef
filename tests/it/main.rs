//! Everything that is not a unit test: one binary, whose folders mirror the floors.
mod migrate;
mod support;
