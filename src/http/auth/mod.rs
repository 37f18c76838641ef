//! Who may call what: a gate around every route, and a look at the tenant on
//! the one way down to the shards.
//!
//! A token ([`Verifier`]) says what its bearer may do ([`Scope`]) and for whom.
//! [`Gate::guarded`] holds the scope against the route before anything of the
//! request is read ([`policy`] says which route wants which); the door holds the
//! tenant against the key, by the [`Visitor`] that the gate let in.

mod bearer;
mod form;
mod gate;
mod limiter;
pub(super) mod login;
mod page;
mod policy;
mod scope;
mod site;
mod verifier;
mod visitor;

pub(super) use gate::Gate;
use limiter::Limiter;
pub(super) use policy::scope_with_tokens;
use policy::{Metrics, scope_of};
pub(super) use scope::Scope;
use scope::Scopes;
use site::is_own;
use verifier::Token;
pub(super) use verifier::Verifier;
pub(super) use visitor::Visitor;
