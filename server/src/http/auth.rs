//! Who may use the API: everybody on loopback without a token, else whoever has the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::services::Services;

/// Lets a request pass that brings the token, in a header or (from the console) in a cookie.
pub(super) async fn require_token(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    if is_foreign(&request) {
        return Problem::foreign().into_response();
    }
    let Some(token) = &services.config.http.token else { return next.run(request).await };
    if bearer(&request).is_some_and(|given| same(given, token))
        || cookie(&request).is_some_and(|given| same(given, token))
    {
        next.run(request).await
    } else {
        Problem::unauthorized().into_response()
    }
}

/// Whether a page of another site sends it: a browser says so, and without a token loopback alone would let it in.
fn is_foreign(request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let (Some(origin), Some(host)) = (header(ORIGIN), header(HOST)) else { return false };
    origin.split_once("://").is_none_or(|(_, site)| site != host)
}

fn bearer(request: &Request) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(request: &Request) -> Option<&str> {
    let cookies = request.headers().get(COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("callwright_token="))
}

/// Compares without telling by its time where the texts differ.
fn same(given: &str, token: &str) -> bool {
    let differences = given.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == token.len() && differences == 0
}
