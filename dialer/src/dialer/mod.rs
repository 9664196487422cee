//! The machine that dials lists.
//!
//! A running campaign keeps a small **hopper** of due leads. When its pace and its number at once allow, a lead goes
//! through the **gate**: `Reserve` asks the database, in one transaction, whether this person may be called now. A
//! reserved attempt waits for its turn (under a second), is dialled by `Originate`, and is over when the whole call is:
//! exactly one `FinishAttempt` answers each reservation and says when the lead is due again.
//!
//! Nothing is dialled that is not reserved on disk; what is reserved and cannot be dialled any more (a pause, a stop,
//! a shutdown, the end of the hours) is given back undialled.

mod campaign_run;
mod chance;
mod clock;
mod orders;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{AttemptId, CampaignId, Disposition, LeadId};
use jiff::Timestamp;

pub use self::orders::{DialerEvent, Input, Origination, Output, Progress};

use self::campaign_run::{CampaignRun, Mode};
use self::chance::Chance;
use self::clock::WallClock;
use crate::campaign::CampaignSettings;
use crate::hours::HoursVerdict;
use crate::lead::{AttemptOutcome, DueLead, FinishAttempt, LeadChange, LeadState};
use crate::pacing::Pacer;
use crate::reservation::{ContactLimits, Purpose, Refusal, ReservationRequest};
use crate::zone::zones_of;

/// The settings of the machine, over all campaigns.
#[derive(Debug, Clone, PartialEq)]
pub struct DialerConfig {
    /// The name of this server, which owns the attempts that it reserves.
    pub server: String,
    /// How long a reservation holds without a sign of life: 90 s.
    pub lease: Duration,
    /// New attempts a second, over all campaigns: 50.
    pub attempts_per_second: f64,
    /// Attempts in progress at once, over all campaigns: 1,000.
    pub at_once: u32,
    /// Leads at hand for each campaign: 500.
    pub hopper: u32,
    /// The seed of the attempts' ids.
    pub seed: u64,
}

impl Default for DialerConfig {
    fn default() -> Self {
        Self {
            server: "callwright".to_owned(),
            lease: Duration::from_secs(90),
            attempts_per_second: 50.0,
            at_once: 1000,
            hopper: 500,
            seed: 0,
        }
    }
}

/// How much earlier than its turn an attempt is reserved, so that the database has time to answer.
const RESERVE_AHEAD: Duration = Duration::from_millis(500);

/// The least time between two looks at whether an attempt may be reserved.
const RESERVE_STEP: Duration = Duration::from_millis(5);

/// The machine that dials lists: several campaigns at once, each at its own pace.
#[derive(Debug)]
pub struct Dialer {
    config: DialerConfig,
    clock: WallClock,
    chance: Chance,
    pacer: Pacer,
    campaigns: BTreeMap<CampaignId, CampaignRun>,
    attempts: BTreeMap<AttemptId, Attempt>,
    /// Reserved attempts of all campaigns that wait for their turn, and those that are being reserved.
    ahead: u32,
    /// The campaign that was served last: the next one comes first in the next round.
    served: Option<CampaignId>,
    shutting_down: bool,
    outputs: VecDeque<Output>,
    /// The instant of the last `handle_*`.
    now: Instant,
}

/// An attempt from its reservation to the end of the call.
#[derive(Debug)]
struct Attempt {
    campaign: CampaignId,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The gate was asked.
    Reserving(DueLead),
    /// On disk, waits for its turn.
    Reserved(DueLead),
    /// Dialled.
    Dialled(Dialled),
}

#[derive(Debug)]
struct Dialled {
    lead: LeadId,
    /// Its number among the lead's attempts, from 1.
    number: u32,
    hears: Hears,
}

/// What is heard of a dialled telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hears {
    Nothing,
    Ringing,
    Answer,
}

impl Dialer {
    /// A machine without campaigns; it is `wall` at `now`.
    pub fn new(config: DialerConfig, wall: Timestamp, now: Instant) -> Self {
        Self {
            clock: WallClock::new(now, wall),
            chance: Chance::new(config.seed),
            pacer: Pacer::new(config.attempts_per_second, now),
            config,
            campaigns: BTreeMap::new(),
            attempts: BTreeMap::new(),
            ahead: 0,
            served: None,
            shutting_down: false,
            outputs: VecDeque::new(),
            now,
        }
    }

    /// Corrects the wall time: it is `wall` at `now`. To be told now and then, since clocks are put right.
    pub fn handle_wall_time(&mut self, wall: Timestamp, now: Instant) {
        self.clock = WallClock::new(now, wall);
        self.advance(now);
    }

    /// Takes a fact.
    pub fn handle_input(&mut self, input: Input, now: Instant) {
        match input {
            Input::CampaignStarted { campaign, settings } => self.campaign_started(campaign, settings, now),
            Input::CampaignPaused(campaign) => self.set_mode(campaign, Mode::Paused, now),
            Input::CampaignResumed(campaign) => self.set_mode(campaign, Mode::Running, now),
            Input::CampaignStopped(campaign) => self.set_mode(campaign, Mode::Stopped, now),
            Input::LeadsAdded(campaign) => {
                if let Some(run) = self.campaigns.get_mut(&campaign) {
                    run.look_at(now);
                }
            }
            Input::LeadsDue { campaign, batch } => {
                let Some(run) = self.campaigns.get_mut(&campaign) else { return };
                if run.take_batch(batch, self.config.hopper, &self.clock, now) {
                    self.outputs.push_back(Output::Event(DialerEvent::Progress(run.progress(campaign))));
                    self.outputs.push_back(Output::CampaignFinished(campaign));
                    self.campaigns.remove(&campaign);
                }
            }
            Input::FetchFailed(campaign) => {
                if let Some(run) = self.campaigns.get_mut(&campaign) {
                    run.fetch_failed(now);
                }
            }
            Input::Reserved(attempt) => self.reserved(attempt, now),
            Input::Refused { attempt, refusals } => self.refused(attempt, &refusals, now),
            Input::ReservationFailed(attempt) => self.reservation_failed(attempt, now),
            Input::AttemptRinging(attempt) => self.heard(attempt, Hears::Ringing),
            Input::AttemptAnswered(attempt) => self.heard(attempt, Hears::Answer),
            Input::AttemptEnded { attempt, disposition } => self.attempt_ended(attempt, disposition, now),
            Input::ShutdownBegan => {
                self.shutting_down = true;
                let campaigns: Vec<CampaignId> = self.campaigns.keys().copied().collect();
                for campaign in campaigns {
                    self.release_reserved(campaign, now);
                }
            }
        }
        self.advance(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.advance(now);
    }

    /// When [`Self::handle_timeout`] is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.campaigns.values().filter_map(|run| self.next_of(run)).min()
    }

    /// The next order. To be drained after every call of a `handle_*`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Attempts that are reserved or in progress; a stopping server waits until there are none.
    pub fn open_attempts(&self) -> usize {
        self.attempts.len()
    }

    /// How the campaigns stand that are running, paused or coming to their end.
    pub fn progress(&self) -> Vec<Progress> {
        self.campaigns.iter().map(|(id, run)| run.progress(*id)).collect()
    }

    fn campaign_started(&mut self, campaign: CampaignId, settings: Arc<CampaignSettings>, now: Instant) {
        match self.campaigns.get_mut(&campaign) {
            Some(run) => run.start(settings, now),
            None => {
                self.campaigns.insert(campaign, CampaignRun::new(settings, now));
            }
        }
    }

    fn set_mode(&mut self, campaign: CampaignId, mode: Mode, now: Instant) {
        let Some(run) = self.campaigns.get_mut(&campaign) else { return };
        run.set_mode(mode, now);
        if mode == Mode::Running {
            return;
        }
        self.release_reserved(campaign, now);
        if mode == Mode::Stopped {
            self.cancel_unanswered(campaign);
            self.forget_if_over(campaign);
        }
    }

    fn cancel_unanswered(&mut self, campaign: CampaignId) {
        let rings = |stage: &Stage| matches!(stage, Stage::Dialled(d) if d.hears != Hears::Answer);
        let of_campaign = self.attempts.iter().filter(|(_, a)| a.campaign == campaign && rings(&a.stage));
        self.outputs.extend(of_campaign.map(|(attempt, _)| Output::Cancel(*attempt)));
    }

    fn forget_if_over(&mut self, campaign: CampaignId) {
        let Some(run) = self.campaigns.get(&campaign).filter(|run| run.is_over()) else { return };
        self.outputs.push_back(Output::Event(DialerEvent::Progress(run.progress(campaign))));
        self.campaigns.remove(&campaign);
    }

    fn reserved(&mut self, id: AttemptId, now: Instant) {
        let Some(Attempt { campaign, stage: Stage::Reserving(_) }) = self.attempts.get(&id) else { return };
        let campaign = *campaign;
        let Some(Attempt { stage: Stage::Reserving(lead), .. }) = self.attempts.remove(&id) else { return };
        self.attempts.insert(id, Attempt { campaign, stage: Stage::Reserved(lead) });
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_made(id);
        if self.shutting_down || run.mode != Mode::Running {
            self.release(id, LeadChange::DueAt(self.clock.wall(now)));
            self.forget_if_over(campaign);
        }
    }

    fn refused(&mut self, id: AttemptId, refusals: &[Refusal], now: Instant) {
        let Some((campaign, lead)) = self.take_reserving(id) else { return };
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_refused(lead, refusals.iter().map(Refusal::as_str));
        if refusals.contains(&Refusal::CampaignNotRunning) {
            run.hold_reservations(now);
        }
        for refusal in refusals {
            match *refusal {
                Refusal::OutsideHours { not_before: Some(at) } | Refusal::TooSoon { not_before: at } => {
                    run.look_at(self.clock.instant_of(at, now));
                }
                Refusal::OutsideHours { not_before: None }
                | Refusal::DoNotCall
                | Refusal::BudgetSpent
                | Refusal::LeadNotDue
                | Refusal::CampaignNotRunning
                | Refusal::AlreadyReserved => {}
            }
        }
        run.look_if_idle(now);
        self.forget_if_over(campaign);
    }

    fn reservation_failed(&mut self, id: AttemptId, now: Instant) {
        let Some((campaign, lead)) = self.take_reserving(id) else { return };
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.reservation_refused(lead, std::iter::once("database_failed"));
        run.hold_reservations(now);
        self.forget_if_over(campaign);
    }

    fn take_reserving(&mut self, id: AttemptId) -> Option<(CampaignId, LeadId)> {
        let attempt = self.attempts.get(&id)?;
        let Stage::Reserving(lead) = &attempt.stage else { return None };
        let found = (attempt.campaign, lead.lead);
        self.attempts.remove(&id);
        self.ahead -= 1;
        Some(found)
    }

    fn heard(&mut self, id: AttemptId, hears: Hears) {
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        let Stage::Dialled(dialled) = &mut attempt.stage else { return };
        let run = self.campaigns.get_mut(&attempt.campaign).expect("a campaign stays while it has attempts");
        match (dialled.hears, hears) {
            (Hears::Nothing, Hears::Ringing) => run.ringing(),
            (Hears::Nothing | Hears::Ringing, Hears::Answer) => run.answered(dialled.hears == Hears::Ringing),
            _ => return,
        }
        dialled.hears = hears;
    }

    fn attempt_ended(&mut self, id: AttemptId, disposition: Disposition, now: Instant) {
        let Some(Attempt { campaign, stage: Stage::Dialled(dialled) }) = self.attempts.get(&id) else { return };
        let campaign = *campaign;
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        let wall = self.clock.wall(now);
        let change = run.settings.retry.change(disposition, wall, dialled.number, run.settings.budget.total);
        run.ended(dialled.lead, disposition, dialled.hears == Hears::Ringing, dialled.hears == Hears::Answer);
        if let LeadChange::DueAt(at) = change {
            run.look_at(self.clock.instant_of(at, now));
        }
        run.look_if_idle(now);
        let outcome = AttemptOutcome::Ended(disposition);
        let lead = dialled.lead;
        self.outputs.push_back(Output::FinishAttempt(FinishAttempt { attempt: id, campaign, lead, outcome, change }));
        self.attempts.remove(&id);
        self.forget_if_over(campaign);
    }

    /// Gives back all reserved attempts of a campaign that wait for their turn; their leads are due again at once.
    fn release_reserved(&mut self, campaign: CampaignId, now: Instant) {
        let Some(run) = self.campaigns.get_mut(&campaign) else { return };
        run.empty_hopper();
        let waiting: Vec<AttemptId> = run.reserved.iter().copied().collect();
        for id in waiting {
            self.release(id, LeadChange::DueAt(self.clock.wall(now)));
        }
    }

    fn release(&mut self, id: AttemptId, change: LeadChange) {
        let Some(Attempt { campaign, stage: Stage::Reserved(lead) }) = self.attempts.get(&id) else { return };
        let (campaign, lead) = (*campaign, lead.lead);
        let outcome = AttemptOutcome::Released;
        self.outputs.push_back(Output::FinishAttempt(FinishAttempt { attempt: id, campaign, lead, outcome, change }));
        self.attempts.remove(&id);
        self.ahead -= 1;
        let run = self.campaigns.get_mut(&campaign).expect("a campaign stays while it has attempts");
        run.released(id, lead);
    }

    /// Dials, reserves and fetches all that may be now, the campaigns in turn.
    fn advance(&mut self, now: Instant) {
        self.now = self.now.max(now);
        if !self.shutting_down {
            while self.in_turn(now, Self::dial_one) {}
            while self.in_turn(now, Self::reserve_one) {}
            self.fetch(now);
        }
        for (id, run) in &mut self.campaigns {
            if let Some(progress) = run.take_progress(*id, now) {
                self.outputs.push_back(Output::Event(DialerEvent::Progress(progress)));
            }
        }
    }

    /// Serves each campaign once, beginning after the one that was served last. Returns whether any was served.
    fn in_turn(&mut self, now: Instant, serve: fn(&mut Self, CampaignId, Instant) -> bool) -> bool {
        let mut order: Vec<CampaignId> = self.campaigns.keys().copied().collect();
        let first = order.iter().position(|id| Some(*id) > self.served).unwrap_or(0);
        order.rotate_left(first);
        let mut any = false;
        for campaign in order {
            if serve(self, campaign, now) {
                self.served = Some(campaign);
                any = true;
            }
        }
        any
    }

    fn dial_one(&mut self, campaign: CampaignId, now: Instant) -> bool {
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

    fn reserve_one(&mut self, campaign: CampaignId, now: Instant) -> bool {
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
    fn reserve_at(&self, run: &CampaignRun, now: Instant) -> Option<Instant> {
        if self.shutting_down || !run.wants_to_reserve() || self.attempts.len() >= self.config.at_once as usize {
            return None;
        }
        let ahead = run.reserving + run.reserved.len() as u32;
        let turn = run.pacer.ready_at(ahead + 1, now).max(self.pacer.ready_at(self.ahead + 1, now));
        let early = turn.checked_sub(RESERVE_AHEAD).unwrap_or(turn);
        Some(early.max(run.reserve_from))
    }

    fn fetch(&mut self, now: Instant) {
        for (campaign, run) in &mut self.campaigns {
            if let Some(limit) = run.take_fetch(self.config.hopper, now) {
                self.outputs.push_back(Output::FetchDueLeads { campaign: *campaign, limit });
            }
        }
    }

    /// When there is something to do for a campaign.
    fn next_of(&self, run: &CampaignRun) -> Option<Instant> {
        let mut at = run.progress_at();
        let mut sooner = |other: Option<Instant>| at = at.into_iter().chain(other).min();
        if self.shutting_down {
            return at;
        }
        sooner(run.fetch_at(self.config.hopper));
        if !run.reserved.is_empty() {
            sooner(Some(run.pacer.ready_at(1, self.now).max(self.pacer.ready_at(1, self.now))));
        }
        // While the database is slow, turns move on with the time: a step keeps this from being asked all the time.
        sooner(self.reserve_at(run, self.now).map(|at| at.max(self.now + RESERVE_STEP)));
        at
    }
}
