//! The refusals that handlers have in common, by name: what stands in `responses(...)`.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, PartialSchema,
    openapi::{ContentBuilder, RefOr, Response},
};

use super::{headers, problem::problem};
use crate::web::ProblemKind;

type Responses = BTreeMap<String, RefOr<Response>>;

/// A refusal: its status, the kinds of problems and what it means.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal [$($kind:ident),+] $words:literal),+;)+) => { $(
        $(#[$doc])*
        pub(in crate::http) enum $name {}

        impl IntoResponses for $name {
            fn responses() -> Responses {
                [$(($status, problem($status, &[$(ProblemKind::$kind),+], $words))),+]
                    .into_iter()
                    .map(|(status, response)| (status.to_string(), headers::of_status(status, response).into()))
                    .collect()
            }
        }
    )+ };
}

/// 401 and 403 where a browser looks, which is shown a page with a field for a token.
pub(in crate::http) enum RefusedByPage {}

impl IntoResponses for RefusedByPage {
    fn responses() -> Responses {
        let mut refusals = Unauthorized::responses();
        refusals.extend(Forbidden::responses());
        on_pages(refusals)
    }
}

/// What the form for a token is refused with: that page again.
pub(in crate::http) enum FormRefused {}

impl IntoResponses for FormRefused {
    fn responses() -> Responses {
        let mut refusals = RefusedByPage::responses();
        refusals.extend(on_pages(BodyRefused::responses()));
        refusals
    }
}

/// The same for people.
fn on_pages(mut refusals: Responses) -> Responses {
    for refusal in refusals.values_mut() {
        if let RefOr::T(refusal) = refusal {
            let page = ContentBuilder::new().schema(Some(String::schema())).build();
            refusal.content.insert("text/html".to_owned(), page.into());
        }
    }
    refusals
}

refusals! {
    /// There is nothing of that name.
    NotFound: 404 [NotFound] "There is no such thing";
    /// What is stored stands against it.
    Conflict: 409 [Conflict] "What is stored stands against it";
    /// Something in the request is wrong.
    Invalid: 422 [Invalid] "Something in the request is not what it must be; `errors` says what";
    /// A body that could not be read, or a field in it that is wrong.
    BodyRefused:
        408 [TooSlow] "The body did not arrive in time",
        413 [TooLarge] "The body is too large",
        422 [Invalid] "Something in the request is not what it must be; `errors` says what";
    /// The key's shard could not do it.
    OneShard: 503 [Busy, Unavailable, Refused, Timeout] "The key's shard could not do it in time";
    /// A shard that the answer needs did not answer.
    EveryShard: 503 [Incomplete] "A shard that the answer needs did not answer";
    /// The key's shard, or one of those that were asked for want of a region, could not do it.
    AnyShard: 503 [Busy, Unavailable, Refused, Timeout, Incomplete]
        "The key's shard, or one that was asked for want of a region, could not do it in time";
    /// The service should get no requests.
    NotReady: 503 [NotReady] "The service should get no requests now";
    /// No token, or none that holds.
    Unauthorized: 401 [Unauthorized] "There is no token, or none that holds";
    /// The token does not allow it.
    Forbidden: 403 [Forbidden] "The token does not allow this";
    /// Too many requests of one tenant's.
    Limited: 429 [TooManyRequests] "This tenant has sent too many requests";
    /// A bug.
    Internal: 500 [Internal] "A bug; the request's id finds it in the log";
}
