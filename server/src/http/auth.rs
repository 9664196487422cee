//! Who may use the API: everybody on loopback without a token, else whoever has the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::services::Services;

/// Lets a request pass that brings the token, in a header or (from the console) in a cookie.
pub(super) async fn require_token(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    let Some(token) = &services.config.http.token else { return next.run(request).await };
    if bearer(&request).is_some_and(|given| same(given, token))
        || cookie(&request).is_some_and(|given| same(given, token))
    {
        next.run(request).await
    } else {
        Problem::unauthorized().into_response()
    }
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
