//! Agents and queues.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use call_model::AgentId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use super::problem::Problem;
use super::schema;
use crate::acd::{AcdMail, AgentState, QueueState};
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(agents)).routes(routes!(order)).routes(routes!(queues))
}

/// Every agent with what the agent does.
#[utoipa::path(get, path = "/api/v1/agents", tag = "agents",
    responses((status = 200, description = "All agents", body = Vec<schema::Agent>)))]
pub(super) async fn agents(State(services): State<Arc<Services>>) -> Json<Vec<AgentState>> {
    Json(services.acd.snapshot().agents)
}

/// Pause an agent, or let the agent take calls again.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/{order}", tag = "agents",
    params(("agent" = String, Path, description = "the telephone's user name"), ("order" = String, Path, description = "`pause` or `ready`")),
    responses(
        (status = 202, description = "The order is given"),
        (status = 404, description = "There is no such agent or order", body = Problem)))]
pub(super) async fn order(
    State(services): State<Arc<Services>>,
    Path((agent, order)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    if !services.config.agents.iter().any(|configured| configured.user == agent) {
        return Err(Problem::not_found("agent"));
    }
    let agent = AgentId::new(agent);
    match order.as_str() {
        "pause" => services.acd.tell(AcdMail::Paused(agent)),
        "ready" => services.acd.tell(AcdMail::Ready(agent)),
        _ => return Err(Problem::not_found("order; there are pause and ready")),
    }
    Ok(StatusCode::ACCEPTED)
}

/// Every queue with who waits in it.
#[utoipa::path(get, path = "/api/v1/queues", tag = "agents",
    responses((status = 200, description = "All queues", body = Vec<schema::Queue>)))]
pub(super) async fn queues(State(services): State<Arc<Services>>) -> Json<Vec<QueueState>> {
    Json(services.acd.snapshot().queues)
}
