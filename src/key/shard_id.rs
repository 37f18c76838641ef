super::name::name_type! {
    /// The name of one shard, such as `shard-0`: what configuration, routing
    /// rules, logs and the `X-Shard` header call one database.
    ///
    /// Cloning is cheap (the text is shared). Order is by name.
    ///
    /// # Examples
    /// ```
    /// use shardwright::key::ShardId;
    ///
    /// let id: ShardId = "shard-0".parse()?;
    /// assert_eq!(id.as_str(), "shard-0");
    /// assert!("shard 0".parse::<ShardId>().is_err());
    /// # Ok::<(), shardwright::key::NameError>(())
    /// ```
    ShardId
}
