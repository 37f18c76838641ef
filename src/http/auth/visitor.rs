use rocket::Request;

use super::{Gate, Token};
use crate::{
    http::Problem,
    key::{KeyId, ShardBy},
    store::types::TenantId,
};

/// Who makes a request, as the gate has found.
#[derive(Debug)]
pub(in crate::http) struct Visitor {
    who: Who,
    gate: Option<Gate>,
}

#[derive(Debug)]
enum Who {
    /// The service asks nobody for a token.
    Anyone,
    Bearer(Token),
    /// Somebody at whom nobody has looked.
    Stranger,
}

impl Visitor {
    pub(super) fn anyone(gate: Gate) -> Self {
        Self { who: Who::Anyone, gate: Some(gate) }
    }

    pub(super) fn bearer(token: Token, gate: Gate) -> Self {
        Self { who: Who::Bearer(token), gate: Some(gate) }
    }

    /// One who shows nothing, on a route that asks for nothing.
    pub(super) fn stranger() -> Self {
        Self { who: Who::Stranger, gate: None }
    }

    /// Who made this request. A route that was mounted past the gate has
    /// strangers only, who get no row of a tenant's.
    pub(in crate::http) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::stranger)
    }

    /// Whether the visitor may touch rows of that key, and may do so now. Asked
    /// before the key is routed: what is told of a key that is not theirs is the
    /// same for every key.
    pub(in crate::http) fn may_touch<K: ShardBy>(&self, key: &K) -> Result<(), Problem> {
        if K::KEYSPACE != TenantId::KEYSPACE {
            return Ok(());
        }
        let asked = key.shard_key();
        match &self.who {
            Who::Anyone => {}
            Who::Bearer(Token { tenant: Some(own), .. }) if own.shard_key().id() == asked.id() => {}
            Who::Bearer(Token { tenant: Some(_), .. }) => {
                return Err(Problem::forbidden("the token is another tenant's"));
            }
            Who::Bearer(Token { tenant: None, .. }) | Who::Stranger => {
                return Err(Problem::forbidden("orders are a tenant's, and the token names none"));
            }
        }
        match (asked.id(), &self.gate) {
            (KeyId::Text(tenant), Some(gate)) => gate.count(tenant),
            _ => Ok(()),
        }
    }
}
