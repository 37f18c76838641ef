use crate::{key::KeyspaceName, routing::SharedRouter};

/// A keyspace of a running cluster: its name and the rule that places its keys.
#[derive(Debug, Clone)]
pub struct Keyspace {
    /// Its name.
    pub name: KeyspaceName,
    /// Its rule.
    pub router: SharedRouter,
}
