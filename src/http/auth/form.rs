use rocket::{
    Data, FromForm, Request,
    data::{self, FromData, Limits},
    form::Form,
    http::{ContentType, RawStr, Status},
    outcome::Outcome,
};
use utoipa::ToSchema;

use crate::http::{Problem, arrival::receive};

/// What somebody signs in with.
#[derive(Default, FromForm, ToSchema)]
pub(super) struct SignIn {
    /// A token with the scope `admin`. Where nobody needs one it may be missing.
    #[schema(required = false)]
    pub(super) token: String,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for SignIn {
    type Error = Problem;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let limit = request.limits().get("form").unwrap_or(Limits::FORM);
        match receive(data, limit).await {
            Ok(body) => Outcome::Success(read(request.content_type(), &body)),
            // The status is the problem's own: the handler takes a `Result`.
            Err(problem) => Outcome::Error((Status::UnprocessableEntity, problem)),
        }
    }
}

/// Whatever is no form of ours holds no token.
fn read(kind: Option<&ContentType>, body: &[u8]) -> SignIn {
    let text = std::str::from_utf8(body).ok().filter(|_| kind.is_some_and(|kind| kind.is_form()));
    text.and_then(|text| Form::parse_encoded(RawStr::new(text)).ok()).unwrap_or_default()
}
