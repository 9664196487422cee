//! The sound of ended calls.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use call_model::CallId;
use tower_http::services::ServeFile;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Path;
use super::problem::Problem;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(recording))
}

/// The recording of an ended call, as stereo WAV: the caller left, the other party right. Parts of it can be asked for
/// (`Range`), so that a page can seek in it.
#[utoipa::path(get, path = "/api/v1/calls/{call}/recording", tag = "calls",
    params(("call" = String, Path, description = "its id"),
        ("Range" = Option<String>, Header, description = "the bytes that are wanted, such as `bytes=0-65535`")),
    responses(
        (status = 200, description = "The recording", body = Vec<u8>, content_type = "audio/wav"),
        (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "audio/wav"),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no such call, or no recording of it", body = Problem),
        (status = 416, description = "It has no such part", body = Problem)))]
pub(super) async fn recording(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
    request: Request,
) -> Result<Response, Problem> {
    let record = services.store.call(call).await?.ok_or_else(|| Problem::not_found("call"))?;
    let name = record.recording.ok_or_else(|| Problem::not_found("recording"))?;
    // The name was made by us from the call's id; nothing that a client sent is part of the path.
    let path = services.config.path(&services.config.recordings.folder()).join(name);
    serve(&path, request).await
}

/// Answers with a WAV file, or the part of it that the request asks for.
pub(super) async fn serve(path: &FilePath, request: Request) -> Result<Response, Problem> {
    let served = ServeFile::new(path).try_call(request).await.map_err(|_| Problem::not_found("recording"))?;
    match served.status() {
        StatusCode::NOT_FOUND => Err(Problem::not_found("recording")),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let length = served.headers().get(header::CONTENT_RANGE).cloned();
            let mut refused = Problem::no_such_part().into_response();
            refused.headers_mut().extend(length.map(|length| (header::CONTENT_RANGE, length)));
            Ok(refused)
        }
        _ => {
            let mut response = served.map(Body::new);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
            Ok(response)
        }
    }
}
