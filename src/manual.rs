//! The Rust on the manual's pages, compiled and run as documentation tests.
//! `tests/it/manual` sees to it that no page with Rust is missing here.
