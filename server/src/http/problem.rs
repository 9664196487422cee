//! Errors of the API as clients see them: a status, a name, and a sentence that says what to do.

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use storage::StoreError;
use utoipa::ToSchema;

use super::extract::Json;

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

    /// The request cannot be read at all.
    pub fn unreadable(error: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, message)
    }

    /// The body is not said to be JSON.
    pub fn not_json() -> Self {
        let message = "send JSON, with the header field `Content-Type: application/json`";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", message)
    }

    /// The body is larger than is taken.
    pub fn too_large() -> Self {
        let message = "the body is larger than this request may be; cut it into several";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// The thing is there, the part of it that was asked for is not.
    pub fn no_such_part() -> Self {
        let message = "it has no such part; the header field `Content-Range` says how long it is";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "no_such_part", message)
    }

    /// The address is known, the method is not.
    pub fn wrong_method(method: &Method) -> Self {
        let message = format!("{method} cannot be done here; the header field `Allow` says what can");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message)
    }

    /// Nothing is at this address.
    pub fn no_such_address(path: &str) -> Self {
        let message = format!("there is nothing at {path}; /docs tells what there is");
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// A file could not be written or removed.
    pub fn disk(message: impl Into<String>) -> Self {
        let message = message.into();
        tracing::error!(message, "a file cannot be changed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "disk", message)
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
