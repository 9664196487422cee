//! The API's description, as OpenAPI.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;

use super::{agents, calls, campaigns, do_not_call, events};
use crate::services::Services;

#[derive(OpenApi)]
#[openapi(
    info(title = "Callwright", description = "Calls, campaigns, agents and events of a Callwright server."),
    paths(
        calls::list,
        calls::make,
        calls::show,
        calls::end,
        calls::events,
        calls::context,
        calls::recording,
        campaigns::list,
        campaigns::create,
        campaigns::show,
        campaigns::change,
        campaigns::order,
        campaigns::upload,
        campaigns::lists,
        campaigns::refused,
        campaigns::results,
        campaigns::unresolved,
        do_not_call::list,
        do_not_call::add,
        do_not_call::remove,
        agents::agents,
        agents::order,
        agents::queues,
        events::subscribe,
    )
)]
pub(super) struct Description;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new().route("/api/v1/openapi.json", get(|| async { Json(Description::openapi()) }))
}
