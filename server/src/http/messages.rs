//! The outbox.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use storage::{MessageRecord, MessageSearch};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::page::cut;
use super::problem::Problem;
use super::schema;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry))
}

/// Which messages to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those that are `waiting`, `sent` or `failed`.
    state: Option<String>,
    /// Only those to this recipient.
    to: Option<String>,
    /// Only older ones than this: `next` of the page before.
    before: Option<i64>,
    /// The most, 1 to 500; 50 if left out.
    limit: Option<u32>,
}

/// A page of messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePage {
    /// The messages. In the words of one that carries a code, `{code}` stands for it.
    #[schema(value_type = Vec<schema::Message>)]
    messages: Vec<MessageRecord>,
    /// What to give as `before` for the next page; none where this was the last.
    next: Option<i64>,
}

/// List messages to callers and others, newest first.
#[utoipa::path(get, path = "/api/v1/messages", tag = "messages", params(ListQuery), responses(
    (status = 200, description = "A page", body = MessagePage),
    (status = 400, description = "The query cannot be read", body = Problem),
    (status = 422, description = "It is no state of a message", body = Problem)))]
pub(super) async fn list(
    State(services): State<Arc<Services>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<MessagePage>, Problem> {
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let state = query.state.as_deref().map(str::parse).transpose();
    let state = state.map_err(|error: storage::ParseMessageStateError| Problem::unusable(error.to_string()))?;
    let search = MessageSearch { state, to: query.to, before: query.before };
    let (messages, next) = cut(services.store.messages(&search, limit + 1).await?, limit, |found| found.id);
    Ok(Json(MessagePage { messages, next }))
}

/// Try a message again that was given up.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retry", tag = "messages", params(("id" = i64, Path, description = "its id")), responses(
    (status = 202, description = "It is tried again"),
    (status = 400, description = "It is no id", body = Problem),
    (status = 404, description = "There is no such message that was given up, or it carried a code", body = Problem)))]
pub(super) async fn retry(State(services): State<Arc<Services>>, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    services.store.retry_message(id, services.clock.now()).await?;
    services.outbox.wake();
    Ok(StatusCode::ACCEPTED)
}
