//! The do-not-call list.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use call_model::PhoneNumber;
use serde::{Deserialize, Serialize};
use storage::DoNotCallEntry;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
}

/// A page of numbers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only numbers after this one.
    #[param(value_type = Option<String>)]
    after: Option<PhoneNumber>,
}

/// The numbers that may not be called, a thousand at a time.
#[utoipa::path(get, path = "/api/v1/do-not-call", tag = "do-not-call", params(ListQuery), responses(
    (status = 200, description = "A page, by number", body = Vec<schema::DoNotCallEntry>),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<DoNotCallEntry>>, Problem> {
    Ok(Json(services.store.do_not_call(query.after.as_ref(), PAGE).await?))
}

/// A number that may not be called.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEntry {
    /// The number.
    number: String,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Put a number on the list. From the answer on no attempt to it is made.
#[utoipa::path(post, path = "/api/v1/do-not-call", tag = "do-not-call", request_body = NewEntry, responses(
    (status = 201, description = "It stands on the list"),
    (status = 422, description = "It is no number", body = Problem)))]
pub(super) async fn add(
    State(services): State<Arc<Services>>,
    Json(entry): Json<NewEntry>,
) -> Result<StatusCode, Problem> {
    let number = dialer::import::read_number(&entry.number, Some(services.config.default_region))
        .map_err(|refusal| Problem::unusable(refusal.to_string()))?;
    let entry =
        DoNotCallEntry { number, reason: entry.reason, source: "api".to_owned(), added_at: services.clock.now() };
    services.store.add_do_not_call(entry).await?;
    Ok(StatusCode::CREATED)
}

/// Take a number off the list.
#[utoipa::path(delete, path = "/api/v1/do-not-call/{number}", tag = "do-not-call", params(("number" = String, Path, description = "in E.164")),
    responses(
        (status = 204, description = "It is off the list"),
        (status = 400, description = "It is no number", body = Problem),
        (status = 404, description = "It does not stand on the list", body = Problem)))]
pub(super) async fn remove(
    State(services): State<Arc<Services>>,
    Path(number): Path<PhoneNumber>,
) -> Result<StatusCode, Problem> {
    if services.store.remove_do_not_call(&number).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("number on the list"))
    }
}

const PAGE: u32 = 1000;
