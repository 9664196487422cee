//! A single call, asked for by the API: it passes the same gate as a campaign's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_model::{CallId, PhoneNumber};
use dialer::{ContactLimits, Purpose, Refusal, ReservationRequest};
use storage::{Reservation, StoreError};

use crate::calls::{OriginateError, Outbound, originate};
use crate::chance;
use crate::services::Services;

/// A single call.
#[derive(Debug, Clone)]
pub struct SingleCall {
    /// Whom to call.
    pub number: PhoneNumber,
    /// Which flow talks.
    pub flow: String,
    /// By which trunk.
    pub trunk: String,
    /// The number that is shown; otherwise the trunk's.
    pub caller_id: Option<String>,
    /// What the flow is given.
    pub variables: BTreeMap<String, String>,
}

/// Why no call was made.
#[derive(Debug, thiserror::Error)]
pub enum SingleCallError {
    /// The gate refused it.
    #[error("the call is not allowed: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// It cannot be made.
    #[error(transparent)]
    Impossible(#[from] OriginateError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reserves an attempt and begins the call.
pub async fn call_one(services: &Arc<Services>, single: SingleCall) -> Result<CallId, SingleCallError> {
    let attempt = chance::attempt_id(services.clock.unix_ms());
    let request = ReservationRequest {
        attempt,
        purpose: Purpose::SingleCall,
        number: single.number.clone(),
        server: services.config.server_name.clone(),
        lease: LEASE,
        now: services.clock.now(),
        limits: ContactLimits {
            hours: services.config.dialing.calling_hours.clone(),
            budget: services.config.dialing.budget.clone(),
        },
    };
    match services.store.reserve(request).await? {
        Reservation::Reserved => {}
        Reservation::Refused(refusals) => return Err(SingleCallError::Refused(refusals)),
    }
    let trunk = services.config.trunks.iter().find(|trunk| trunk.name == single.trunk);
    let caller_id = single.caller_id.or_else(|| trunk.and_then(|trunk| trunk.caller_id.clone())).unwrap_or_default();
    let outbound = Outbound {
        attempt,
        number: single.number,
        trunk: single.trunk,
        caller_id,
        flow: single.flow,
        ring_time: RING_TIME,
        campaign: None,
        variables: single.variables,
    };
    Ok(originate(services, outbound)?)
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

const LEASE: Duration = Duration::from_secs(90);
const RING_TIME: Duration = Duration::from_secs(25);
