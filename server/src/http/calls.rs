//! Calls: past ones and those in progress.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use call_model::{CallContext, CallId, CampaignId, Cause, Disposition, EventRecord, Party};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storage::{CallRecord, CallSearch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::page::cut;
use super::problem::Problem;
use super::schema;
use crate::dialer::{SingleCall, SingleCallError, call_one};
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(show))
        .routes(routes!(end))
        .routes(routes!(events))
        .routes(routes!(context))
}

/// Which calls to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The caller's or the called number.
    number: Option<String>,
    /// The Call-ID of the caller's or the called person's leg.
    sip_call_id: Option<String>,
    /// The business outcome, such as `handed_over`.
    #[param(value_type = Option<String>)]
    disposition: Option<Disposition>,
    /// The campaign.
    #[param(value_type = Option<String>)]
    campaign: Option<CampaignId>,
    /// Only calls in progress (`true`) or only ended ones (`false`).
    active: Option<bool>,
    /// Only calls from this time on, such as `2026-11-24T08:00:00Z`.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// Only calls before this time.
    #[param(value_type = Option<String>)]
    until: Option<Timestamp>,
    /// Only calls older than this one: the last of the page before.
    #[param(value_type = Option<String>)]
    before: Option<CallId>,
    /// The most calls, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A page of calls, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallPage {
    /// The calls.
    #[schema(value_type = Vec<schema::Call>)]
    calls: Vec<CallRecord>,
    /// What to give as `before` for the next page; none where this was the last.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<CallId>,
}

/// List calls, newest first.
#[utoipa::path(get, path = "/api/v1/calls", tag = "calls", params(ListQuery), responses(
    (status = 200, description = "A page", body = CallPage),
    (status = 400, description = "The query cannot be read", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<CallPage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let search = CallSearch {
        number: query.number,
        sip_call_id: query.sip_call_id,
        disposition: query.disposition,
        campaign: query.campaign,
        direction: None,
        open: query.active,
        from: query.from,
        until: query.until,
        before: query.before,
    };
    let (calls, next) = cut(services.store.calls(&search, limit + 1).await?, limit, |call| call.call);
    Ok(Json(CallPage { calls, next }))
}

/// One call.
#[utoipa::path(get, path = "/api/v1/calls/{call}", tag = "calls", params(("call" = String, Path, description = "its id")),
    responses(
        (status = 200, description = "The call", body = schema::Call),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no such call", body = Problem)))]
pub(super) async fn show(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
) -> Result<Json<CallRecord>, Problem> {
    let record = services.store.call(call).await?.ok_or_else(|| Problem::not_found("call"))?;
    Ok(Json(record))
}

/// A call to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MakeCall {
    /// Whom to call, E.164 or in the configured region.
    number: String,
    /// Which flow talks, by its name.
    flow: String,
    /// By which trunk; may be left out where there is one.
    trunk: Option<String>,
    /// The number that is shown; the trunk's if left out.
    caller_id: Option<String>,
    /// What the flow is given.
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// The call that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeCall {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    call: CallId,
}

/// Make a single call. It passes the same gate as a campaign's: do-not-call, hours, attempts.
#[utoipa::path(post, path = "/api/v1/calls", tag = "calls", request_body = MakeCall,
    responses(
        (status = 202, description = "The call is begun", body = MadeCall),
        (status = 409, description = "The gate does not allow it", body = Problem),
        (status = 422, description = "The number, flow or trunk cannot be used", body = Problem)))]
pub(super) async fn make(
    State(services): State<Arc<Services>>,
    Json(wish): Json<MakeCall>,
) -> Result<Response, Problem> {
    let single = single_call(&services, wish)?;
    match call_one(&services, single).await {
        Ok(call) => Ok((StatusCode::ACCEPTED, Json(MadeCall { call })).into_response()),
        Err(SingleCallError::Refused(refusals)) => {
            let name = refusals.first().map_or("refused", dialer::Refusal::as_str);
            Err(Problem::conflict(name, SingleCallError::Refused(refusals).to_string()))
        }
        Err(SingleCallError::Impossible(error)) => Err(Problem::unusable(error.to_string())),
        Err(SingleCallError::Store(error)) => Err(error.into()),
    }
}

fn single_call(services: &Services, wish: MakeCall) -> Result<SingleCall, Problem> {
    let number = dialer::import::read_number(&wish.number, Some(services.config.default_region))
        .map_err(|refusal| Problem::unusable(format!("{:?} cannot be called: {refusal}", wish.number)))?;
    let trunk = match (wish.trunk, services.config.trunks.as_slice()) {
        (Some(trunk), _) => trunk,
        (None, [only]) => only.name.clone(),
        (None, _) => return Err(Problem::unusable("say which trunk: there is not exactly one")),
    };
    Ok(SingleCall { number, flow: wish.flow, trunk, caller_id: wish.caller_id, variables: wish.variables })
}

/// End a call in progress.
#[utoipa::path(post, path = "/api/v1/calls/{call}/end", tag = "calls", params(("call" = String, Path, description = "its id")),
    responses(
        (status = 202, description = "It is told to end"),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no such call in progress", body = Problem)))]
pub(super) async fn end(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
) -> Result<StatusCode, Problem> {
    if services.calls.end(call, Party::Operator, Cause::Normal) {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(Problem::not_found("call in progress"))
    }
}

/// From which event on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Only events with a greater number.
    after: u32,
}

/// The events of a call, in their order.
#[utoipa::path(get, path = "/api/v1/calls/{call}/events", tag = "calls",
    params(("call" = String, Path, description = "its id"), EventsQuery),
    responses(
        (status = 200, description = "Its events, at most 10,000", body = Vec<schema::Event>),
        (status = 400, description = "The id or the query cannot be read", body = Problem)))]
pub(super) async fn events(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Vec<EventRecord>>, Problem> {
    Ok(Json(services.store.events(call, query.after, MOST_EVENTS).await?))
}

/// What the agent is told of a call.
#[utoipa::path(get, path = "/api/v1/calls/{call}/context", tag = "calls", params(("call" = String, Path, description = "its id")),
    responses(
        (status = 200, description = "What the agent is told", body = schema::Context),
        (status = 400, description = "It is no id", body = Problem),
        (status = 404, description = "There is no context of such a call", body = Problem)))]
pub(super) async fn context(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
) -> Result<Json<CallContext>, Problem> {
    let context = services.store.context(call).await?.ok_or_else(|| Problem::not_found("context of a call"))?;
    Ok(Json(context))
}

const MOST_EVENTS: u32 = 10_000;
