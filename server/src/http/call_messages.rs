//! Messages about calls, also about those that no flow saw.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use call_model::{CallId, Message};
use serde::Deserialize;
use storage::{CallRecord, MessageRecord, NewMessage, Posted};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use super::problem::Problem;
use super::schema;
use crate::calls::is_number;
use crate::config::LONGEST_TEXT;
use crate::services::Services;

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(send))
}

/// A message to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendMessage {
    /// By which way, as it is configured; may be left out where there is one.
    by: Option<String>,
    /// To whom; the call's other party if left out.
    to: Option<String>,
    /// The words, at most 4,000 characters.
    text: String,
}

/// Send a message about a call, whether or not a flow saw it. It goes into the outbox and is tried until its way takes it.
#[utoipa::path(post, path = "/api/v1/calls/{call}/messages", tag = "messages", request_body = SendMessage,
    params(("call" = String, Path, description = "the call's id"),
        ("Idempotency-Key" = String, Header, description = "a name of the message's own, 1 to 100 characters: of one call, what comes twice under it is sent once")),
    responses(
        (status = 201, description = "It is in the outbox", body = schema::Message),
        (status = 200, description = "It was there already", body = schema::Message),
        (status = 400, description = "It is no id, or there is no key", body = Problem),
        (status = 404, description = "There is no such call", body = Problem),
        (status = 409, description = "The key is that of another message", body = Problem),
        (status = 422, description = "The way, the recipient or the words cannot be used", body = Problem)))]
pub(super) async fn send(
    State(services): State<Arc<Services>>,
    Path(call): Path<CallId>,
    headers: HeaderMap,
    Json(wish): Json<SendMessage>,
) -> Result<Response, Problem> {
    let key = key_of(&headers)?;
    let record = services.store.call(call).await?.ok_or_else(|| Problem::not_found("call"))?;
    let message = Message {
        by: way(&services, wish.by)?,
        to: recipient(wish.to, &record)?,
        text: words(wish.text)?,
        key: format!("{call}/{key}"),
    };
    let new = NewMessage { call: Some(call), message: message.clone(), at: services.clock.now() };
    let Posted { fresh, message: stored } = services.store.post_message(new).await?;
    if !is_same(&stored, &message) {
        let message = "this Idempotency-Key is that of another message about the call; give each message its own";
        return Err(Problem::conflict("key_taken", message));
    }
    services.outbox.wake();
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(stored)).into_response())
}

fn key_of(headers: &HeaderMap) -> Result<&str, Problem> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::trim);
    key.filter(|key| (1..=LONGEST_KEY).contains(&key.len())).ok_or_else(|| {
        let message = format!("send the header field `Idempotency-Key` with 1 to {LONGEST_KEY} plain characters");
        Problem::unreadable("no_key", message)
    })
}

fn way(services: &Services, wanted: Option<String>) -> Result<String, Problem> {
    let ways: Vec<&str> = services.config.messages.keys().map(String::as_str).collect();
    match (wanted, ways.as_slice()) {
        (Some(wanted), ways) if ways.contains(&wanted.as_str()) => Ok(wanted),
        (Some(wanted), ways) => Err(Problem::unusable(format!(
            "by: {wanted:?} is not under `messages` in the configuration, which has {ways:?}"
        ))),
        (None, [only]) => Ok((*only).to_owned()),
        (None, _) => Err(Problem::unusable("by: say which way: there is not exactly one under `messages`")),
    }
}

fn recipient(wanted: Option<String>, call: &CallRecord) -> Result<String, Problem> {
    match wanted {
        Some(to) if to.trim().is_empty() || to.chars().count() > LONGEST_RECIPIENT => {
            Err(Problem::unusable(format!("to: write 1 to {LONGEST_RECIPIENT} characters")))
        }
        Some(to) => Ok(to),
        None if is_number(&call.caller) => Ok(call.caller.clone()),
        None => Err(Problem::unusable("to: say to whom: the call's other party has no number")),
    }
}

fn words(text: String) -> Result<String, Problem> {
    match text.chars().count() {
        _ if text.trim().is_empty() => Err(Problem::unusable("text: there are no words")),
        count if count > LONGEST_TEXT => {
            Err(Problem::unusable(format!("text: it has {count} characters; at most {LONGEST_TEXT} are sent")))
        }
        _ => Ok(text),
    }
}

fn is_same(stored: &MessageRecord, message: &Message) -> bool {
    (&stored.by, &stored.to, &stored.text) == (&message.by, &message.to, &message.text)
}

/// With the call's id it stays below the longest key of the outbox.
const LONGEST_KEY: usize = 100;
const LONGEST_RECIPIENT: usize = 200;
