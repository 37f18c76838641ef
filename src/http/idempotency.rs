use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{Problem, fields::line};

/// The `Idempotency-Key` header, by which a client may repeat a request it got
/// no answer to (draft-ietf-httpapi-idempotency-key-header).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdempotencyKey(pub(super) Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IdempotencyKey {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Problem> {
        let mut given = request.headers().get("Idempotency-Key");
        let Some(key) = given.next() else { return Outcome::Success(Self(None)) };
        let once = match given.next() {
            None if key.bytes().all(|b| matches!(b, b' '..=b'~')) => line(255)(key),
            None => Err("must be printable ASCII".to_owned()),
            Some(_) => Err("must be given once".to_owned()),
        };
        match once {
            Ok(key) => Outcome::Success(Self(Some(key))),
            Err(message) => Outcome::Error((
                Status::UnprocessableEntity,
                Problem::invalid_field("Idempotency-Key", message),
            )),
        }
    }
}
