use std::fmt;

/// What kind of problem an answer tells of: the last piece of its `type`, which
/// is the address of a page that says what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    NotFound,
    MethodNotAllowed,
    Conflict,
    TooLarge,
    TooSlow,
    Invalid,
    Unauthorized,
    Forbidden,
    TooManyRequests,
    Busy,
    Unavailable,
    Refused,
    Timeout,
    Incomplete,
    NotReady,
    Internal,
    Http,
}

/// The page of that name, which is part of the manual.
macro_rules! page {
    ($name:literal) => {
        ($name, include_str!(concat!("../../docs/src/reference/problems/", $name, ".md")))
    };
}

impl Kind {
    /// Every kind, by status.
    pub(super) const ALL: [Self; 17] = [
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
    pub(super) const fn name(self) -> &'static str {
        self.page().0
    }

    /// What the manual says of it, in Markdown.
    pub(super) const fn text(self) -> &'static str {
        self.page().1
    }

    /// The kind of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
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

/// The URI reference that a document's `type` holds.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/problems/{}", self.name())
    }
}
