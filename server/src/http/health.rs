//! Whether the service lives, and whether it takes calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(healthy)).routes(routes!(ready))
}

/// Whether the service lives. Asks for no token.
#[utoipa::path(get, path = "/healthz", tag = "health",
    responses((status = 200, description = "It lives", body = String, content_type = "text/plain")))]
pub(super) async fn healthy() -> &'static str {
    "ok\n"
}

/// Whether the service takes calls. Asks for no token.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "It takes calls", body = String, content_type = "text/plain"),
    (status = 503, description = "It is being stopped, or the database does not answer", body = String, content_type = "text/plain")))]
pub(super) async fn ready(State(services): State<Arc<Services>>) -> (StatusCode, &'static str) {
    if services.calls.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match services.store.health().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
