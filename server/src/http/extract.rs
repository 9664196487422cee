//! What a request brings. Where it cannot be read, the answer is a [`Problem`] that names the field.

use std::error::Error;

use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// JSON, as the body of a request or of an answer.
#[derive(Debug)]
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = axum::Json::from_request(request, state).await;
        read.map(|axum::Json(value)| Self(value)).map_err(|rejection| unreadable_json(&rejection))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn unreadable_json(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(error) => Problem::unusable(format!("the body does not fit: {}", root(error))),
        JsonRejection::JsonSyntaxError(error) => {
            Problem::unreadable("bad_json", format!("the body is not JSON: {}", root(error)))
        }
        JsonRejection::MissingJsonContentType(_) => Problem::not_json(),
        other => unreadable_body(other.status(), &other.body_text()),
    }
}

/// The values in the address's path.
#[derive(Debug)]
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable_path(parts, rejection).await),
        }
    }
}

async fn unreadable_path(parts: &mut Parts, rejection: PathRejection) -> Problem {
    let message = match rejection {
        PathRejection::FailedToDeserializePathParams(error) => match error.into_kind() {
            ErrorKind::DeserializeError { key, value, message } => format!("{key}: {value:?} is {message}"),
            // A path of one value does not tell its name by itself.
            ErrorKind::Message(message) => match only_value(parts).await {
                Some((key, value)) => format!("{key}: {value:?} is {message}"),
                None => message,
            },
            other => other.to_string(),
        },
        other => other.body_text(),
    };
    Problem::unreadable("bad_path", message)
}

async fn only_value(parts: &mut Parts) -> Option<(String, String)> {
    let values = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let mut values = values.iter();
    let (key, value) = values.next()?;
    values.next().is_none().then(|| (key.to_owned(), value.to_owned()))
}

/// The values in the address's query.
#[derive(Debug)]
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Self(value)).map_err(|rejection| unreadable_query(&rejection))
    }
}

fn unreadable_query(rejection: &QueryRejection) -> Problem {
    Problem::unreadable("bad_query", format!("the query does not fit: {}", root(rejection)))
}

/// A body that is no JSON, whole.
#[derive(Debug)]
pub(super) struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Bytes::from_request(request, state).await;
        read.map(Self).map_err(|rejection: BytesRejection| unreadable_body(rejection.status(), &rejection.body_text()))
    }
}

fn unreadable_body(status: StatusCode, text: &str) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::unreadable("bad_body", format!("the body could not be read: {text}")),
    }
}

/// The innermost error: what was wrong, with the path of the field, without the names of our types.
fn root(rejection: &dyn Error) -> String {
    let mut told = rejection;
    while let Some(source) = told.source() {
        told = source;
    }
    told.to_string()
}
