//! The outbox's task: sends messages by the configured webhooks until each was taken.
//!
//! A message is on disk before it is sent and marked as sent afterwards; what a crash leaves is sent again, with the same
//! `Idempotency-Key`. Pauses between attempts grow; after [`MessageWayConfig::give_up_after`] a message is given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ivr_flows::{FetchFailure, HttpMethod, HttpRequest, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use storage::{ClaimedMessage, Delivery, StoreError};
use tokio::sync::{Notify, Semaphore};

use crate::config::MessageWayConfig;
use crate::services::Services;

/// Wakes the task, and tells what it has done.
#[derive(Debug, Clone, Default)]
pub struct OutboxBell(Arc<Outbox>);

#[derive(Debug, Default)]
struct Outbox {
    bell: Notify,
    counts: OutboxCounts,
}

/// What became of messages since the start.
#[derive(Debug, Default)]
pub struct OutboxCounts {
    /// Messages that were taken.
    pub sent: AtomicU64,
    /// Attempts that failed and are made again.
    pub again: AtomicU64,
    /// Messages that were given up.
    pub given_up: AtomicU64,
}

impl OutboxBell {
    /// Says that a message waits.
    pub fn wake(&self) {
        self.0.bell.notify_one();
    }

    /// What became of messages since the start.
    pub fn counts(&self) -> &OutboxCounts {
        &self.0.counts
    }
}

/// Sends until the process ends.
pub fn spawn(services: Arc<Services>) {
    tokio::spawn(async move {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        loop {
            if let Err(error) = round(&services, &places).await {
                tracing::error!(%error, "messages wait: the database cannot be read");
            }
            // However often it is woken, it wakes once.
            let _ = tokio::time::timeout(LOOK, services.outbox.0.bell.notified()).await;
        }
    });
}

/// Begins to send what is due, as far as there are free places: a way that hangs keeps others waiting no longer than its
/// own messages fill all of them.
async fn round(services: &Arc<Services>, places: &Arc<Semaphore>) -> Result<(), StoreError> {
    let now = services.clock.now();
    services.store.leave_results(now).await?;
    let most = u32::try_from(places.available_permits()).unwrap_or(u32::MAX);
    let claimed = services.store.claim_messages(now, later(now, CLAIM), most).await?;
    for message in claimed {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let services = services.clone();
        tokio::spawn(async move {
            deliver(&services, message).await;
            drop(place);
            services.outbox.wake();
        });
    }
    Ok(())
}

async fn deliver(services: &Services, claimed: ClaimedMessage) {
    let delivery = match services.config.messages.get(&claimed.message.by) {
        Some(way) => send(services, way, &claimed).await,
        None => Delivery::GivenUp { trouble: format!("the way {:?} is not configured", claimed.message.by) },
    };
    let counts = services.outbox.counts();
    let counter = match &delivery {
        Delivery::Sent => &counts.sent,
        Delivery::Again { .. } => &counts.again,
        Delivery::GivenUp { .. } => &counts.given_up,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    match &delivery {
        Delivery::Sent => tracing::info!(message = claimed.id, by = claimed.message.by, "a message was taken"),
        Delivery::Again { at, trouble } => {
            tracing::warn!(message = claimed.id, by = claimed.message.by, %at, trouble, "a message waits");
        }
        Delivery::GivenUp { trouble } => {
            tracing::error!(message = claimed.id, by = claimed.message.by, trouble, "a message is given up");
        }
    }
    let noted = services.store.message_delivered(claimed.id, delivery, services.clock.now()).await;
    if let Err(error) = noted {
        tracing::error!(%error, message = claimed.id, "what came of a message is not stored; it may be sent again");
    }
}

async fn send(services: &Services, way: &MessageWayConfig, claimed: &ClaimedMessage) -> Delivery {
    let answer = services.fetcher.fetch(request(way, claimed)).await;
    let trouble = match answer {
        Ok(answer) if (200..300).contains(&answer.status) => return Delivery::Sent,
        Ok(answer) if is_final(answer.status) => {
            return Delivery::GivenUp { trouble: format!("the way answered {}", answer.status) };
        }
        Ok(answer) => format!("the way answered {}", answer.status),
        // What it says is of no interest: it has taken the message.
        Err(FetchFailure::TooLarge | FetchFailure::NotText) => return Delivery::Sent,
        Err(failure) => format!("the way cannot be asked: {failure:?}"),
    };
    let now = services.clock.now();
    let at = later(now, pause(claimed.attempts));
    let patience = SignedDuration::try_from(way.give_up_after.get()).unwrap_or(SignedDuration::MAX);
    let given_up = claimed.made_at.checked_add(patience).is_ok_and(|end| at > end);
    if given_up { Delivery::GivenUp { trouble } } else { Delivery::Again { at, trouble } }
}

/// What is sent: the field names are those that docs/operations.md tells.
#[derive(Serialize)]
struct Letter<'a> {
    to: &'a str,
    text: &'a str,
    by: &'a str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<call_model::CallId>,
}

fn request(way: &MessageWayConfig, claimed: &ClaimedMessage) -> HttpRequest {
    let call_model::Message { by, to, text, key } = &claimed.message;
    let letter = Letter { to, text, by, key, call: claimed.call };
    let headers =
        vec![("content-type".to_owned(), "application/json".to_owned()), ("idempotency-key".to_owned(), key.clone())];
    HttpRequest {
        service: format!("messages.{by}"),
        method: HttpMethod::Post,
        url: way.url.clone(),
        headers,
        body: Some(serde_json::to_string(&letter).expect("texts have a JSON text")),
        timeout: TIMEOUT,
        allow_private: way.allow_private,
        secret: way.secret.as_ref().map(|name| Secret {
            name: name.clone(),
            header: "authorization".to_owned(),
            before: "Bearer ".to_owned(),
        }),
    }
}

/// Whether the way will never take the message, whatever changes: its address, its form or its recipient is wrong for it.
fn is_final(status: u16) -> bool {
    matches!(status, 400 | 410 | 413 | 414 | 415 | 422)
}

/// 2 s, 4 s, 8 s and so on, at most 15 minutes.
fn pause(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

const TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than [`TIMEOUT`]: until then nobody else sends a message that was claimed.
const CLAIM: Duration = Duration::from_secs(30);
/// How often is looked for messages whose pause is over, or that another process left.
const LOOK: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
const AT_ONCE: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        let pauses: Vec<u64> = [1, 2, 3, 9, 10, 11, u32::MAX].into_iter().map(|n| pause(n).as_secs()).collect();
        assert_eq!(pauses, [2, 4, 8, 512, 900, 900, 900]);
    }

    #[test]
    fn a_wrong_token_is_not_final_since_an_operator_can_mend_it() {
        assert!(!is_final(401) && !is_final(404) && !is_final(429) && !is_final(503));
        assert!(is_final(422));
    }
}
