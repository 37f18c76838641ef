super::name::name_type! {
    /// The name of a keyspace: a set of tables placed by one key under one rule,
    /// such as `orders` (by tenant) or `users` (by id).
    KeyspaceName
}
