//! Calls that come in, registrations, and trunks: what the SIP task tells.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use call_control::{CallStart, Direction, Input, Limits};
use call_model::{AgentId, CallEvent, Cause, Disposition, EventRecord, FlowHash, LegId, Party, Termination};
use jiff::tz::TimeZone;
use sip_stack::{IncomingInvite, RegistrationState, Source};
use tokio::sync::mpsc;

use super::missed;
use crate::services::Services;
use crate::sip::Telephony;
use crate::{acd, chance};

/// Turns INVITEs into call tasks.
#[derive(Default)]
pub struct Arrivals {
    /// Set once everything runs; calls that come earlier are refused.
    services: OnceLock<Arc<Services>>,
}

impl Arrivals {
    /// From now on calls are taken.
    pub fn open(&self, services: Arc<Services>) {
        let _ = self.services.set(services);
    }
}

impl Telephony for Arrivals {
    fn invited(&self, leg: LegId, invite: IncomingInvite) -> Result<mpsc::Sender<Input>, u16> {
        let Some(services) = self.services.get() else { return Err(503) };
        if services.calls.is_stopping() {
            return Err(503);
        }
        let called = invite.request_user.clone().unwrap_or_default();
        let caller = caller(&invite);
        let flows = services.flows.now();
        let Some(loaded) = flows.route(&called) else {
            let from_outside = matches!(invite.source, Source::Trunk(_));
            record_refusal(services, caller, called, invite.call_id, from_outside);
            return Err(404);
        };
        let start = CallStart {
            call: chance::call_id(services.clock.unix_ms()),
            direction: Direction::Inbound { leg, offer: invite.sdp },
            caller,
            called,
            flow: loaded.flow.clone(),
            variables: BTreeMap::new(),
            seed: chance::random_u64(),
            local: Some(loaded.flow.wall_time(services.clock.now(), &TimeZone::system())),
            history: Vec::new(),
            record: services.config.recordings.enabled,
            limits: limits(services),
        };
        tracing::info!(call = %start.call, sip_call_id = invite.call_id, flow = start.flow.name(), "a call comes in");
        let (mail, inbox) = mpsc::channel(CALL_QUEUE);
        super::task::spawn(services.clone(), start, invite.call_id, loaded.folder.clone(), mail.clone(), inbox);
        Ok(mail)
    }

    fn registered(&self, agent: AgentId) {
        if let Some(services) = self.services.get() {
            services.acd.tell(acd::AcdMail::Registered(agent));
        }
    }

    fn unregistered(&self, agent: AgentId) {
        if let Some(services) = self.services.get() {
            services.acd.tell(acd::AcdMail::Unregistered(agent));
        }
    }

    fn trunk_changed(&self, trunk: String, alive: bool) {
        if let Some(services) = self.services.get() {
            services.trunks.set_alive(trunk, alive);
        }
    }

    fn registration_changed(&self, trunk: String, state: RegistrationState) {
        if let Some(services) = self.services.get() {
            services.trunks.set_registration(trunk, &state);
        }
    }
}

/// The limits of calls by the configuration.
pub(super) fn limits(services: &Services) -> Limits {
    Limits { longest_call: services.config.longest_call.get(), ..Limits::default() }
}

/// Who calls: an agent by name, others by the number that their trunk vouches for.
fn caller(invite: &IncomingInvite) -> String {
    match &invite.source {
        Source::Agent(agent) => agent.as_str().to_owned(),
        Source::Trunk(_) => invite.from_user.clone().unwrap_or_else(|| ANONYMOUS.to_owned()),
    }
}

fn record_refusal(services: &Arc<Services>, caller: String, called: String, sip_call_id: String, from_outside: bool) {
    let services = services.clone();
    let now = services.clock.timestamp(Instant::now());
    let call = chance::call_id(services.clock.unix_ms());
    tokio::spawn(async move {
        let start = storage::CallStart {
            call,
            direction: storage::Direction::Inbound,
            caller: caller.clone(),
            called,
            flow: String::new(),
            flow_hash: FlowHash::new(""),
            seed: 0,
            campaign: None,
            attempt: None,
            started_at: now,
            sip_call_id: Some(sip_call_id),
        };
        let termination = Termination { by: Party::System, cause: Cause::NoRoute, sip_status: Some(404) };
        let disposition = Disposition::Failed;
        let event = EventRecord { call, number: 1, at_ms: 0, event: CallEvent::Ended { termination, disposition } };
        let end = storage::CallEnd {
            call,
            answered_at: None,
            ended_at: now,
            termination,
            disposition,
            agent: None,
            queue_wait_ms: None,
            intent: None,
            service: None,
            recording: None,
        };
        if let Err(error) = services.store.refused_call(start, vec![event], end).await {
            tracing::warn!(%error, "a refused call is not stored");
        }
        if from_outside {
            missed::tell_caller(&services, call, &caller).await;
        }
    });
}

/// Facts that wait for a call task; a call that lets it fill is ended.
pub(super) const CALL_QUEUE: usize = 256;
const ANONYMOUS: &str = "anonymous";
