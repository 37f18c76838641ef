use std::fmt;

/// What kind of problem an answer tells of: the last piece of its `type`, which
/// is the address of a page that says what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// 404: there is nothing of that name.
    NotFound,
    /// 405: the path is known by other methods.
    MethodNotAllowed,
    /// 409: what is there already stands in the way.
    Conflict,
    /// 413: the body is too large.
    TooLarge,
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 422: fields that won't do, or a key that the rule has no place for.
    Invalid,
    /// 401: no token, or none that holds.
    Unauthorized,
    /// 403: the token does not allow it.
    Forbidden,
    /// 429: over the tenant's limit.
    TooManyRequests,
    /// 503: a shard has no turn to give.
    Busy,
    /// 503: a shard can't be reached.
    Unavailable,
    /// 503: a shard is not fit to serve.
    Refused,
    /// 503: a shard did not answer in time.
    Timeout,
    /// 503: a shard is missing from the answer.
    Incomplete,
    /// 503: the service can't serve every keyspace.
    NotReady,
    /// 500: a mistake of the service's own.
    Internal,
    /// Any other status, as HTTP has it.
    Http,
}

/// The page of that name, which is part of the manual.
macro_rules! page {
    ($name:literal) => {
        ($name, include_str!(concat!("../../docs/src/reference/problems/", $name, ".md")))
    };
}

impl ProblemKind {
    /// Every kind, by status.
    pub const ALL: [Self; 17] = [
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::Conflict,
        Self::TooLarge,
        Self::Invalid,
        Self::TooManyRequests,
        Self::Internal,
        Self::Busy,
        Self::Incomplete,
        Self::NotReady,
        Self::Refused,
        Self::Timeout,
        Self::Unavailable,
        Self::Http,
    ];

    /// Its name in a `type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.page().0
    }

    /// What the manual says of it, in Markdown.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.page().1
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// A kind without a page does not compile.
    const fn page(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => page!("not-found"),
            Self::MethodNotAllowed => page!("method-not-allowed"),
            Self::Conflict => page!("conflict"),
            Self::TooLarge => page!("too-large"),
            Self::TooSlow => page!("too-slow"),
            Self::Invalid => page!("invalid"),
            Self::Unauthorized => page!("unauthorized"),
            Self::Forbidden => page!("forbidden"),
            Self::TooManyRequests => page!("too-many-requests"),
            Self::Busy => page!("busy"),
            Self::Unavailable => page!("unavailable"),
            Self::Refused => page!("refused"),
            Self::Timeout => page!("timeout"),
            Self::Incomplete => page!("incomplete"),
            Self::NotReady => page!("not-ready"),
            Self::Internal => page!("internal"),
            Self::Http => page!("http"),
        }
    }
}

/// Where its page stands in the service that embeds the manual: `/problems/<name>`.
impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/problems/{}", self.name())
    }
}
