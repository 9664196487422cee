//! Tickets that dialogues opened.

use std::sync::Arc;

use axum::extract::State;
use call_model::TicketNumber;
use serde::{Deserialize, Serialize};
use storage::{TicketRecord, TicketSearch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::page::cut;
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, change))
}

/// Which tickets to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those with this status, such as `open`.
    status: Option<String>,
    /// Only those of this caller.
    caller: Option<String>,
    /// Only older ones than this: `next` of the page before.
    before: Option<i64>,
    /// The most, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A page of tickets, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketPage {
    /// The tickets.
    #[schema(value_type = Vec<schema::Ticket>)]
    tickets: Vec<TicketRecord>,
    /// What to give as `before` for the next page; none where this was the last.
    next: Option<i64>,
}

/// List tickets, newest first.
#[utoipa::path(get, path = "/api/v1/tickets", tag = "tickets", params(ListQuery), responses(
    (status = 200, description = "A page", body = TicketPage),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<TicketPage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let search = TicketSearch { status: query.status, caller: query.caller, before: query.before };
    let (tickets, next) = cut(services.store.tickets(&search, limit + 1).await?, limit, |found| found.id);
    Ok(Json(TicketPage { tickets, next }))
}

/// One ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{number}", tag = "tickets", params(("number" = String, Path, description = "its number")),
    responses(
        (status = 200, description = "The ticket", body = schema::Ticket),
        (status = 400, description = "It is no number of a ticket", body = Problem),
        (status = 404, description = "There is no such ticket", body = Problem)))]
pub(super) async fn show(
    State(services): State<Arc<Services>>,
    Path(number): Path<TicketNumber>,
) -> Result<Json<TicketRecord>, Problem> {
    let ticket = services.store.ticket(&number, None).await?.ok_or_else(|| Problem::not_found("ticket"))?;
    Ok(Json(ticket))
}

/// What changes on a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketChange {
    /// How it stands, in your own word, such as `solved`: dialogues can say it to the caller.
    status: String,
}

/// Say how a ticket stands.
#[utoipa::path(patch, path = "/api/v1/tickets/{number}", tag = "tickets", params(("number" = String, Path, description = "its number")), request_body = TicketChange,
    responses(
        (status = 200, description = "The ticket as it is now", body = schema::Ticket),
        (status = 400, description = "It is no number of a ticket", body = Problem),
        (status = 404, description = "There is no such ticket", body = Problem),
        (status = 422, description = "The status cannot be used", body = Problem)))]
pub(super) async fn change(
    State(services): State<Arc<Services>>,
    Path(number): Path<TicketNumber>,
    Json(change): Json<TicketChange>,
) -> Result<Json<TicketRecord>, Problem> {
    let status = change.status.trim();
    if status.is_empty() || status.chars().count() > LONGEST_STATUS {
        return Err(Problem::unusable(format!("the status must have 1 to {LONGEST_STATUS} characters")));
    }
    Ok(Json(services.store.set_ticket_status(&number, status, services.clock.now()).await?))
}

const LONGEST_STATUS: usize = 60;
