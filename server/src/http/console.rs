//! The console's pages, built into the binary.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::problem::Problem;
use crate::services::Services;

/// What `npm run build` made in `console/`; empty where it was not run before the build.
#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Pages;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new().fallback(fallback)
}

/// What is no route: a page, or nothing.
async fn fallback(method: Method, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::no_such_address(uri.path()).into_response();
    }
    match method {
        Method::GET | Method::HEAD => page(uri).await,
        other => ([(ALLOW, "GET, HEAD")], Problem::wrong_method(&other)).into_response(),
    }
}

async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if is_view(path) {
        return match Pages::get("index.html") {
            Some(index) => answer(StatusCode::OK, "html", "no-cache", index.data),
            None => answer(StatusCode::OK, "html", "no-store", NOT_BUILT),
        };
    }
    match Pages::get(path) {
        // Names of assets change with their content; everything else must be asked for each time.
        Some(file) if path.starts_with("assets/") => {
            answer(StatusCode::OK, path, "public, max-age=31536000, immutable", file.data)
        }
        Some(file) => answer(StatusCode::OK, path, "no-cache", file.data),
        None => answer(StatusCode::NOT_FOUND, "txt", "no-store", "there is no such page\n"),
    }
}

/// Whether the console itself shows something at this path: it has one page, which reads its address.
fn is_view(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    VIEWS.contains(&first)
}

fn answer(status: StatusCode, name: &str, cache: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type(name)),
        (CACHE_CONTROL, cache),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, body).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// First parts of the console's addresses (`console/src/route.ts`).
const VIEWS: [&str; 4] = ["", "calls", "campaigns", "do-not-call"];
/// Nothing from elsewhere.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Callwright</title>\
    <h1>The console was not built into this binary</h1>\
    <p>Run <code>make console</code> (it needs Node 20) and build the binary again. The server works without it: \
    <a href=\"/docs\">the API and its description</a>.</p></html>";

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    async fn get(path: &'static str) -> (StatusCode, HeaderMap) {
        let response = page(Uri::from_static(path)).await;
        (response.status(), response.headers().clone())
    }

    #[tokio::test]
    async fn every_view_is_the_one_page_and_is_asked_for_each_time() {
        for path in
            ["/", "/calls", "/calls/01a20d10-7944-7bc3-bfef-3a8b1ab5c4c5", "/campaigns/spring.v2", "/do-not-call"]
        {
            let (status, headers) = get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
            assert!(matches!(headers[CACHE_CONTROL].as_bytes(), b"no-cache" | b"no-store"), "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        for path in ["/api/v1/nothing", "/assets/old-1234.js", "/elsewhere", "/calls.html", "/../Cargo.toml"] {
            assert_eq!(get(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn every_answer_forbids_what_comes_from_elsewhere() {
        for path in ["/", "/elsewhere"] {
            let (_, headers) = get(path).await;
            let policy = headers[CONTENT_SECURITY_POLICY].to_str().expect("ours");
            assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{path}");
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }

    #[tokio::test]
    async fn built_assets_are_kept_by_browsers() {
        let built: Vec<_> = Pages::iter().filter(|name| name.starts_with("assets/")).collect();
        for name in built {
            let uri = format!("/{name}").parse().expect("names of assets are paths");
            let response = page(uri).await;
            assert!(response.headers()[CACHE_CONTROL].to_str().expect("ours").contains("immutable"), "{name}");
            assert_ne!(response.headers()[CONTENT_TYPE], "application/octet-stream", "{name}");
        }
    }
}
