//! The event stream: a WebSocket that shows what is stored as it is committed, and what is only shown.
//!
//! `GET /api/v1/events?after=SEQUENCE` first sends what was stored after that sequence number, so that a subscriber
//! who was cut off loses nothing. Each message is a JSON object with a `kind`: `event` (stored, with its `sequence`),
//! `partial`, `context`, `agent` or `campaign` (shown, and forgotten).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::{StoreError, StoredEvent};
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Query;
use super::problem::Problem;
use super::schema;
use crate::services::{LiveEvent, Services};

pub(super) fn router() -> OpenApiRouter<Arc<Services>> {
    OpenApiRouter::new().routes(routes!(subscribe))
}

/// Where to begin.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SubscribeQuery {
    /// The last sequence number that was seen; without it the stream begins now.
    after: Option<i64>,
}

/// Subscribe to events (WebSocket). Each text message is one object.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(SubscribeQuery), responses(
    (status = 101, description = "The stream, message by message", body = schema::StreamMessage),
    (status = 400, description = "It is no request for a WebSocket, or the query cannot be read", body = Problem)))]
pub(super) async fn subscribe(
    State(services): State<Arc<Services>>,
    Query(query): Query<SubscribeQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| Problem::unreadable("no_websocket", rejection.body_text()))?;
    Ok(upgrade.on_upgrade(move |socket| async move {
        // A subscriber that goes away is no error.
        let _ = Subscription::new(services, query.after).run(socket).await;
    }))
}

struct Subscription {
    services: Arc<Services>,
    committed: tokio::sync::watch::Receiver<i64>,
    last: i64,
}

/// Why a subscription ends.
enum End {
    Gone,
    Failed,
}

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> Self {
        Self::Gone
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a subscriber is cut off");
        Self::Failed
    }
}

impl Subscription {
    fn new(services: Arc<Services>, after: Option<i64>) -> Self {
        let committed = services.store.committed_events();
        let last = after.unwrap_or_else(|| *committed.borrow());
        Self { services, committed, last }
    }

    async fn run(mut self, mut socket: WebSocket) -> Result<(), End> {
        let mut live = self.services.live.watch();
        let mut pings = tokio::time::interval(PING);
        loop {
            self.send_stored(&mut socket).await?;
            tokio::select! {
                changed = self.committed.changed() => changed.map_err(|_| End::Gone)?,
                shown = live.recv() => match shown {
                    Ok(event) => send(&mut socket, &shown_json(&event)).await?,
                    // What is only shown may be lost.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                },
                _ = pings.tick() => socket.send(Message::Ping(Vec::new().into())).await?,
            }
        }
    }

    async fn send_stored(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        while self.last < *self.committed.borrow() {
            let events = self.services.store.events_after(self.last, PAGE).await?;
            if events.is_empty() {
                // Gaps: numbers of events of other projects, or of groups that failed.
                self.last = *self.committed.borrow();
            }
            for event in events {
                self.last = event.sequence;
                send(socket, &StoredJson::new(event)).await?;
            }
        }
        Ok(())
    }
}

/// A stored event as a message.
#[derive(Serialize)]
pub(super) struct StoredJson {
    kind: &'static str,
    #[serde(flatten)]
    event: StoredEvent,
}

impl StoredJson {
    pub(super) fn new(event: StoredEvent) -> Self {
        Self { kind: "event", event }
    }
}

/// What is only shown, as a message.
pub(super) fn shown_json(event: &LiveEvent) -> Value {
    match event {
        LiveEvent::Partial { call, text } => json!({ "kind": "partial", "call": call, "text": text }),
        LiveEvent::Context(context) => json!({ "kind": "context", "context": &**context }),
        LiveEvent::Agent(agent) => json!({ "kind": "agent", "agent": &**agent }),
        LiveEvent::Campaign(progress) => json!({
            "kind": "campaign",
            "campaign": progress.campaign,
            "state": progress.state,
            "dialling": progress.dialling,
            "ringing": progress.ringing,
            "answered": progress.answered,
            "unfinished": progress.unfinished,
            "dialled": progress.dialled,
            "outcomes": progress.outcomes,
        }),
    }
}

async fn send(socket: &mut WebSocket, message: &impl Serialize) -> Result<(), End> {
    let text = serde_json::to_string(message).map_err(|_| End::Failed)?;
    socket.send(Message::Text(text.into())).await?;
    Ok(())
}

const PAGE: u32 = 500;
const PING: Duration = Duration::from_secs(20);
