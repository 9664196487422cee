//! Calls of ours: attempts of campaigns and single calls, after the gate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_control::{CallStart, Direction};
use call_model::{AttemptId, CallId, CampaignId, PhoneNumber};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::arrivals::{CALL_QUEUE, limits};
use crate::chance;
use crate::services::Services;

/// A call to be made; its attempt is reserved.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// The reserved attempt.
    pub attempt: AttemptId,
    /// Whom to call.
    pub number: PhoneNumber,
    /// By which trunk.
    pub trunk: String,
    /// The number that is shown.
    pub caller_id: String,
    /// Which flow talks.
    pub flow: String,
    /// How long it may ring.
    pub ring_time: Duration,
    /// The campaign and its name.
    pub campaign: Option<(CampaignId, String)>,
    /// What the flow is given.
    pub variables: BTreeMap<String, String>,
}

/// Why a call cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginateError {
    /// No such flow.
    #[error("no flow is named {0:?}; list its file under `flows` in the configuration")]
    UnknownFlow(String),
    /// No such trunk.
    #[error("no trunk is named {0:?}; see `trunks` in the configuration")]
    UnknownTrunk(String),
    /// The service is being stopped.
    #[error("the service is being stopped")]
    Stopping,
}

/// Begins the call.
pub fn originate(services: &Arc<Services>, outbound: Outbound) -> Result<CallId, OriginateError> {
    if services.calls.is_stopping() {
        return Err(OriginateError::Stopping);
    }
    let flows = services.flows.now();
    let loaded = flows.named(&outbound.flow).ok_or(OriginateError::UnknownFlow(outbound.flow))?;
    if !services.config.trunks.iter().any(|trunk| trunk.name == outbound.trunk) {
        return Err(OriginateError::UnknownTrunk(outbound.trunk));
    }
    let call = chance::call_id(services.clock.unix_ms());
    let (campaign, campaign_name) = outbound.campaign.unzip();
    let start = CallStart {
        call,
        direction: Direction::Outbound {
            leg: services.calls.next_leg(),
            number: outbound.number.clone(),
            trunk: outbound.trunk,
            ring_time: outbound.ring_time,
            campaign,
            campaign_name,
            attempt: Some(outbound.attempt),
        },
        caller: outbound.number.as_str().to_owned(),
        called: outbound.caller_id,
        flow: loaded.flow.clone(),
        variables: outbound.variables,
        seed: chance::random_u64(),
        local: Some(loaded.flow.wall_time(services.clock.now(), &TimeZone::system())),
        history: Vec::new(),
        record: services.config.recordings.enabled,
        limits: limits(services),
    };
    let (mail, inbox) = mpsc::channel(CALL_QUEUE);
    // The call's own id, so that it is known, and stored, before anything is sent.
    super::task::spawn(services.clone(), start, call.to_string(), loaded.folder.clone(), mail, inbox);
    Ok(call)
}
