//! Whose turn it is: to be reserved, to be dialled.

use std::sync::Arc;
use std::time::Instant;

use call_model::{AttemptId, CampaignId};

use super::campaign_run::CampaignRun;
use super::orders::{Origination, Output};
use super::{Attempt, Dialer, Dialled, Hears, RESERVE_AHEAD, Stage};
use crate::hours::HoursVerdict;
use crate::lead::{LeadChange, LeadState};
use crate::reservation::{ContactLimits, Purpose, ReservationRequest};
use crate::zone::zones_of;

impl Dialer {
    pub(super) fn dial_one(&mut self, campaign: CampaignId, now: Instant) -> bool {
        let Some(run) = self.campaigns.get_mut(&campaign) else { return false };
        let Some(id) = run.reserved.front().copied() else { return false };
        if run.pacer.ready_at(1, now) > now || self.pacer.ready_at(1, now) > now {
            return false;
        }
        let attempt = self.attempts.get_mut(&id).expect("what waits for its turn is an attempt");
        let Stage::Reserved(lead) = &attempt.stage else { return false };
        let wall = self.clock.wall(now);
        // The gate was open a moment ago; the hours may have ended since.
        if let HoursVerdict::NotBefore(at) = run.settings.calling_hours.may_call(wall, &zones_of(&lead.number)) {
            let change = at.map_or(LeadChange::Close(LeadState::Blocked), LeadChange::DueAt);
            self.release(id, change);
            return true;
        }
        run.pacer.pass(now);
        self.pacer.pass(now);
        run.reserved.pop_front();
        run.dialled();
        self.ahead -= 1;
        let dialled = Dialled { lead: lead.lead, number: lead.attempts + 1, hears: Hears::Nothing };
        let Stage::Reserved(lead) = std::mem::replace(&mut attempt.stage, Stage::Dialled(dialled)) else {
            return false;
        };
        self.outputs.push_back(Output::Originate(Origination {
            campaign,
            attempt: id,
            lead: lead.lead,
            number: lead.number,
            ring_time: run.settings.ring_time,
            variables: lead.variables,
            settings: Arc::clone(&run.settings),
        }));
        true
    }

    pub(super) fn reserve_one(&mut self, campaign: CampaignId, now: Instant) -> bool {
        let Some(run) = self.campaigns.get(&campaign) else { return false };
        if self.reserve_at(run, now).is_none_or(|at| at > now) {
            return false;
        }
        let attempt = AttemptId::from_parts(self.clock.unix_ms(now), self.chance.bits());
        let run = self.campaigns.get_mut(&campaign).expect("found above");
        let Some(lead) = run.begin_reservation() else { return false };
        self.ahead += 1;
        self.outputs.push_back(Output::Reserve(ReservationRequest {
            attempt,
            purpose: Purpose::Lead { campaign, lead: lead.lead },
            number: lead.number.clone(),
            server: self.config.server.clone(),
            lease: self.config.lease,
            now: self.clock.wall(now),
            limits: ContactLimits { hours: run.settings.calling_hours.clone(), budget: run.settings.budget.clone() },
        }));
        self.attempts.insert(attempt, Attempt { campaign, stage: Stage::Reserving(lead) });
        true
    }

    /// When the next attempt of a campaign may be reserved: shortly before its turn. `None` until something else
    /// happens. May lie in the past.
    pub(super) fn reserve_at(&self, run: &CampaignRun, now: Instant) -> Option<Instant> {
        if self.shutting_down || !run.wants_to_reserve() || self.attempts.len() >= self.config.at_once as usize {
            return None;
        }
        let ahead = run.reserving + run.reserved.len() as u32;
        let turn = run.pacer.ready_at(ahead + 1, now).max(self.pacer.ready_at(self.ahead + 1, now));
        let early = turn.checked_sub(RESERVE_AHEAD).unwrap_or(turn);
        Some(early.max(run.reserve_from))
    }
}
