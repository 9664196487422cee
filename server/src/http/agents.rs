//! Agents and queues.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use call_model::AgentId;

use super::problem::Problem;
use crate::acd::{AcdMail, AgentState, QueueState};
use crate::services::Services;

pub(super) fn router() -> Router<Arc<Services>> {
    Router::new()
        .route("/api/v1/agents", get(agents))
        .route("/api/v1/agents/{agent}/{order}", post(order))
        .route("/api/v1/queues", get(queues))
}

/// Every agent with what the agent does.
#[utoipa::path(get, path = "/api/v1/agents", tag = "agents", responses((status = 200)))]
pub(super) async fn agents(State(services): State<Arc<Services>>) -> Json<Vec<AgentState>> {
    Json(services.acd.snapshot().agents)
}

/// Pause an agent, or let the agent take calls again.
#[utoipa::path(post, path = "/api/v1/agents/{agent}/{order}", tag = "agents",
    params(("agent" = String, Path), ("order" = String, Path, description = "`pause` or `ready`")), responses((status = 202), (status = 404, body = Problem)))]
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
#[utoipa::path(get, path = "/api/v1/queues", tag = "agents", responses((status = 200)))]
pub(super) async fn queues(State(services): State<Arc<Services>>) -> Json<Vec<QueueState>> {
    Json(services.acd.snapshot().queues)
}
