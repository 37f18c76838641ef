use rocket::{
    Request,
    http::{Header, Status},
    response::{self, Responder},
    serde::json::Json,
};
use serde::Serialize;

/// 201 with where the new thing is.
pub(super) struct Created<T> {
    pub(super) location: String,
    pub(super) body: T,
}

impl<'r, T: Serialize> Responder<'r, 'static> for Created<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Json(self.body).respond_to(request)?;
        response.set_status(Status::Created);
        response.set_header(Header::new("Location", self.location));
        Ok(response)
    }
}
