//! Errors of the API as clients see them: a status, a name, and a sentence that says what to do.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use storage::StoreError;
use utoipa::ToSchema;

/// An error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A name for programs, such as `not_found`.
    pub error: &'static str,
    /// What is wrong and what to do, for people.
    pub message: String,
    #[serde(skip)]
    status: StatusCode,
}

impl Problem {
    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// The request is understood, but its content cannot be used.
    pub fn unusable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable", message)
    }

    /// The state of the thing does not allow it.
    pub fn conflict(error: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error, message)
    }

    /// The token is missing or wrong.
    pub fn unauthorized() -> Self {
        let message = "send the configured token as `Authorization: Bearer TOKEN`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// A page of another site sent it.
    pub fn foreign() -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", "pages of other sites may not use this API")
    }

    fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { error, message: message.into(), status }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            StoreError::NameTaken => Self::conflict("name_taken", error.to_string()),
            StoreError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string()),
            _ => {
                tracing::error!(%error, "the database failed a request");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "database", error.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
