//! The console's pages, built into the binary.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::services::Services;

/// What `npm run build` made in `console/`; empty where it was not run before the build.
#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Pages;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new().fallback(get(page))
}

async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    if let Some(file) = Pages::get(name) {
        // Names of assets change with their content; the page that names them must be asked for each time.
        let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = [
            (header::CONTENT_TYPE, content_type(name)),
            (header::CACHE_CONTROL, cache),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        return (headers, file.data).into_response();
    }
    if path.is_empty() {
        return Html(NOT_BUILT).into_response();
    }
    (StatusCode::NOT_FOUND, "there is no such page\n").into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Nothing from elsewhere.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'";
const NOT_BUILT: &str = "<!doctype html><title>Callwright</title><p>This binary was built without its pages. \
    Run <code>make console</code> and build again. The API is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p>";
