use std::fmt;

/// Something a token can allow. None implies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Scope {
    OrdersRead,
    OrdersWrite,
    UsersRead,
    UsersWrite,
    StatsRead,
    /// The operators' own: dashboard, topology, routes, metrics. No rows.
    Admin,
}

impl Scope {
    const ALL: [Self; 6] = [
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::UsersRead,
        Self::UsersWrite,
        Self::StatsRead,
        Self::Admin,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::StatsRead => "stats:read",
            Self::Admin => "admin",
        }
    }

    /// Whether it is about rows of keyspace `orders`, which are a tenant's.
    pub(super) const fn is_of_a_tenant(self) -> bool {
        matches!(self, Self::OrdersRead | Self::OrdersWrite)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a token allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scopes(u8);

impl Scopes {
    /// Reads a `scope` claim (RFC 8693 §4.2). What is not ours, such as an
    /// identity provider's `openid`, allows nothing here.
    pub(super) fn parse(claim: &str) -> Self {
        let named = |scope: &Scope| claim.split(' ').any(|word| word == scope.name());
        Self(Scope::ALL.into_iter().filter(named).fold(0, |set, scope| set | bit(scope)))
    }

    pub(super) const fn allow(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }
}

const fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(claim: &str) -> Vec<Scope> {
        let scopes = Scopes::parse(claim);
        Scope::ALL.into_iter().filter(|scope| scopes.allow(*scope)).collect()
    }

    #[test]
    fn each_word_allows_one_thing_and_no_other() {
        for scope in Scope::ALL {
            assert_eq!(allowed(scope.name()), [scope]);
        }
        assert_eq!(allowed("admin orders:read"), [Scope::OrdersRead, Scope::Admin]);
        assert_eq!(allowed("  orders:write  openid "), [Scope::OrdersWrite]);
        let nothing = ["", "orders", "orders:*", "*", "Admin", "admin,orders:read", "admins"];
        for claim in nothing.into_iter().chain(["orders:read\tadmin", "orders:readx", "root"]) {
            assert_eq!(allowed(claim), [], "{claim:?}");
        }
    }
}
