//! What tests stand on: databases of their own, and the service over them.

pub(crate) mod app;
pub(crate) mod both;
pub(crate) mod chaos;
pub(crate) mod cluster;
pub(crate) mod every;
pub(crate) mod files;
pub(crate) mod gate;
pub(crate) mod load;
pub(crate) mod paths;
pub(crate) mod pg;
pub(crate) mod pools;
pub(crate) mod recorder;
pub(crate) mod response;
pub(crate) mod seed;
pub(crate) mod served;
pub(crate) mod spec;
pub(crate) mod until;
