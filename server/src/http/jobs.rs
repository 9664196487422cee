//! Results of work that services do for dialogues.
//!
//! A service has no token of the API, only that of its job, so that it can do nothing else.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use call_model::JobId;
use serde::Deserialize;
use serde_json::{Map, Value};
use storage::{JobRecord, JobResult, ResultTaken};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(show))
}

/// What needs no token of the API.
pub(super) fn open_router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(result)).layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// A job of a dialogue.
#[utoipa::path(get, path = "/api/v1/jobs/{job}", tag = "jobs", params(("job" = String, Path, description = "its id")), responses(
    (status = 200, description = "The job", body = schema::Job),
    (status = 400, description = "It is no id", body = Problem),
    (status = 404, description = "There is no such job", body = Problem)))]
pub(super) async fn show(
    State(services): State<Arc<Services>>,
    Path(job): Path<JobId>,
) -> Result<Json<JobRecord>, Problem> {
    Ok(Json(services.store.job(job).await?.ok_or_else(|| Problem::not_found("job"))?))
}

/// Who sends it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct ResultQuery {
    /// The job's own token, as it stands in the address that the service was given; `Authorization: Bearer` does the same.
    token: Option<String>,
}

/// What came of the work.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewResult {
    /// Whether it went well.
    #[serde(default = "yes")]
    ok: bool,
    /// What the dialogue learns; at most 64 KiB.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    result: Map<String, Value>,
}

/// Send the result of a job: to the call that waits for it, or else by the message that the dialogue has written for then.
/// The first result counts; sending it again does no harm. Only the job's own token is asked for.
#[utoipa::path(post, path = "/api/v1/jobs/{job}/result", tag = "jobs",
    params(("job" = String, Path, description = "its id"), ResultQuery), request_body = NewResult, security(()),
    responses(
        (status = 204, description = "The result is kept"),
        (status = 400, description = "The request cannot be read", body = Problem),
        (status = 404, description = "There is no such job, or the token is not its own", body = Problem),
        (status = 409, description = "It comes too late: nobody waits for it any more", body = Problem),
        (status = 422, description = "The result cannot be used", body = Problem)))]
pub(super) async fn result(
    State(services): State<Arc<Services>>,
    Path(job): Path<JobId>,
    Query(query): Query<ResultQuery>,
    headers: HeaderMap,
    Json(new): Json<NewResult>,
) -> Result<StatusCode, Problem> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = query.token.as_deref().or(bearer).unwrap_or_default();
    let result = Value::Object(new.result).to_string();
    if result.len() > LARGEST_RESULT {
        return Err(Problem::unusable("the result is larger than 64 KiB"));
    }
    let result = JobResult { ok: new.ok, result };
    match services.store.end_job(job, token, result, services.clock.now()).await? {
        ResultTaken::Kept { .. } => {
            services.job_bell.ended(job);
            services.outbox.wake();
            Ok(StatusCode::NO_CONTENT)
        }
        ResultTaken::Before => Ok(StatusCode::NO_CONTENT),
        ResultTaken::Expired => {
            Err(Problem::conflict("expired", "the result comes too late: nobody waits for it any more"))
        }
    }
}

fn yes() -> bool {
    true
}

const LARGEST_RESULT: usize = 64 << 10;
/// Room for the result with its escapes, and for what stands around it.
const LARGEST_BODY: usize = 512 << 10;
