//! Messages that callers spoke.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use call_model::{QueueId, RecordingId};
use serde::{Deserialize, Serialize};
use storage::{VoicemailRecord, VoicemailSearch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::page::cut;
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, change)).routes(routes!(sound))
}

/// Which voicemails to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those for the people of this queue.
    queue: Option<String>,
    /// Only those that were dealt with (`true`) or that wait (`false`).
    done: Option<bool>,
    /// Only older ones than this: `next` of the page before.
    before: Option<i64>,
    /// The most, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A page of voicemails, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VoicemailPage {
    /// The voicemails, with what the caller wanted. The sound is under `/api/v1/recordings/` and `recording`.
    #[schema(value_type = Vec<schema::Voicemail>)]
    voicemails: Vec<VoicemailRecord>,
    /// What to give as `before` for the next page; none where this was the last.
    next: Option<i64>,
}

/// List voicemails, newest first.
#[utoipa::path(get, path = "/api/v1/voicemails", tag = "voicemails", params(ListQuery), responses(
    (status = 200, description = "A page", body = VoicemailPage),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<VoicemailPage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let search = VoicemailSearch { queue: query.queue.map(QueueId::new), done: query.done, before: query.before };
    let (voicemails, next) = cut(services.store.voicemails(&search, limit + 1).await?, limit, |found| found.id);
    Ok(Json(VoicemailPage { voicemails, next }))
}

/// One voicemail.
#[utoipa::path(get, path = "/api/v1/voicemails/{recording}", tag = "voicemails", params(("recording" = String, Path, description = "its recording")), responses(
    (status = 200, description = "The voicemail", body = schema::Voicemail),
    (status = 400, description = "It is no id", body = Problem),
    (status = 404, description = "There is no such voicemail", body = Problem)))]
pub(super) async fn show(
    State(services): State<Arc<Services>>,
    Path(recording): Path<RecordingId>,
) -> Result<Json<VoicemailRecord>, Problem> {
    let found = services.store.voicemail(recording).await?.ok_or_else(|| Problem::not_found("voicemail"))?;
    Ok(Json(found))
}

/// What changes on a voicemail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoicemailChange {
    /// Whether somebody has dealt with it.
    done: bool,
}

/// Say whether a voicemail was dealt with.
#[utoipa::path(patch, path = "/api/v1/voicemails/{recording}", tag = "voicemails", params(("recording" = String, Path, description = "its recording")), request_body = VoicemailChange,
    responses(
        (status = 204, description = "It is noted"),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no such voicemail", body = Problem)))]
pub(super) async fn change(
    State(services): State<Arc<Services>>,
    Path(recording): Path<RecordingId>,
    Json(change): Json<VoicemailChange>,
) -> Result<StatusCode, Problem> {
    let done_at = change.done.then(|| services.clock.now());
    services.store.set_voicemail_done(recording, done_at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a caller spoke, as mono WAV: a voicemail, or the value of a slot that a flow recorded.
#[utoipa::path(get, path = "/api/v1/recordings/{recording}", tag = "voicemails",
    params(("recording" = String, Path, description = "its id"),
        ("Range" = Option<String>, Header, description = "the bytes that are wanted, such as `bytes=0-65535`")),
    responses(
        (status = 200, description = "The sound", body = Vec<u8>, content_type = "audio/wav"),
        (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "audio/wav"),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no such recording", body = Problem),
        (status = 416, description = "It has no such part", body = Problem)))]
pub(super) async fn sound(
    State(services): State<Arc<Services>>,
    Path(recording): Path<RecordingId>,
    request: Request,
) -> Result<Response, Problem> {
    let row = services.store.recording(recording).await?.ok_or_else(|| Problem::not_found("recording"))?;
    let folder = services.config.path(&services.config.recordings.folder());
    let path = crate::calls::recording_path(&folder, row.recording);
    super::recording::serve(&path, request).await
}
