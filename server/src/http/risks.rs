//! Callers who may be lost.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use storage::RiskRecord;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Query};
use super::page::cut;
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which notes to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those by which a number was flagged.
    flagged: bool,
    /// Only those of this number.
    number: Option<String>,
    /// Only older ones than this: `next` of the page before.
    before: Option<i64>,
    /// The most, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A page of notes, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RiskPage {
    /// The notes: a call with an intent that is a risk, each.
    #[schema(value_type = Vec<schema::Risk>)]
    risks: Vec<RiskRecord>,
    /// What to give as `before` for the next page; none where this was the last.
    next: Option<i64>,
}

/// List callers who may be lost, newest first.
#[utoipa::path(get, path = "/api/v1/risks", tag = "risks", params(ListQuery), responses(
    (status = 200, description = "A page", body = RiskPage),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<RiskPage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let found = services.store.risks(query.flagged, query.number.as_deref(), query.before, limit + 1).await?;
    let (risks, next) = cut(found, limit, |found| found.id);
    Ok(Json(RiskPage { risks, next }))
}
