use std::borrow::Cow;

use rocket::Request;

/// Where the `type` of this crate's kinds of [`Problem`](super::Problem) leads:
/// `/problems/<kind>`, unless the application manages another.
///
/// # Examples
/// ```
/// use shardwright::web::ProblemTypes;
///
/// let types = ProblemTypes::under("https://docs.example.org/problems/");
/// let rocket = rocket::build().manage(types);
/// # drop(rocket);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemTypes(Cow<'static, str>);

static USUAL: ProblemTypes = ProblemTypes(Cow::Borrowed("/problems/"));

impl ProblemTypes {
    /// A URI, or the beginning of a path, that the name of the kind is appended to.
    pub fn under(base: impl Into<Cow<'static, str>>) -> Self {
        Self(base.into())
    }

    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.rocket().state().unwrap_or(&USUAL)
    }

    pub(super) fn of_kind(&self, kind: &str) -> String {
        format!("{}{kind}", self.0)
    }
}

impl Default for ProblemTypes {
    fn default() -> Self {
        USUAL.clone()
    }
}
