use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use diesel_async::pooled_connection::deadpool::PoolError;

/// Why a request has no answer.
pub(crate) enum Failure {
    NotFound,
    Database(String),
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Database(why) => (StatusCode::SERVICE_UNAVAILABLE, why).into_response(),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.to_string())
    }
}
