//! Whether the service lives, and whether it takes calls.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::services::Services;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready))
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(services): State<Arc<Services>>) -> (StatusCode, &'static str) {
    if services.calls.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match services.store.health().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
