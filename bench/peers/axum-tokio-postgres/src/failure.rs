use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

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

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.to_string())
    }
}
