//! The ring once more, as plainly as the rule can be said: what the tests hold
//! the router against. Shares no code with it.

use md5::{Digest, Md5};

/// Every point with its shard's name, in order.
pub(super) struct Reference(Vec<(u128, String)>);

impl Reference {
    /// Point *i* of a shard is MD5 of `"<shard>:<i>"`, big-endian.
    pub(super) fn new<S: AsRef<str>>(members: &[(S, u32)], virtual_nodes: u32) -> Self {
        let mut points = Vec::new();
        for (name, weight) in members {
            for i in 0..virtual_nodes * weight {
                points.push((md5(&format!("{}:{i}", name.as_ref())), name.as_ref().to_owned()));
            }
        }
        points.sort();
        Self(points)
    }

    /// The first point strictly greater than MD5 of the key, else the smallest.
    pub(super) fn owner(&self, key: &str) -> &str {
        let hash = md5(key);
        let next = self.0.iter().find(|(point, _)| *point > hash);
        &next.unwrap_or(&self.0[0]).1
    }
}

fn md5(text: &str) -> u128 {
    u128::from_be_bytes(Md5::digest(text.as_bytes()).into())
}
