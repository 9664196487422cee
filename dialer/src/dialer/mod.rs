//! The machine that dials lists.
//!
//! A running campaign keeps a small **hopper** of due leads. When its pace and its number at once allow, a lead goes
//! through the **gate**: `Reserve` asks the database, in one transaction, whether this person may be called now. A
//! reserved attempt waits for its turn (under a second), is dialled by `Originate`, and is over when the whole call is:
//! exactly one `FinishAttempt` answers each reservation and says when the lead is due again.
//!
//! Nothing is dialled that is not reserved on disk; what is reserved and cannot be dialled any more (a pause, a stop,
//! a shutdown, the end of the hours) is given back undialled.

mod attempts;
mod campaign_run;
mod chance;
mod clock;
mod orders;
mod turns;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{AttemptId, CampaignId, LeadId};
use jiff::Timestamp;

pub use self::orders::{DialerEvent, Input, Origination, Output, Progress};

use self::campaign_run::{CampaignRun, Mode};
use self::chance::Chance;
use self::clock::WallClock;
use crate::campaign::CampaignSettings;
use crate::lead::DueLead;
use crate::pacing::Pacer;

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
    /// The paces of campaigns that are over and still owe a pause: one that is started again goes on at its pace.
    owed: BTreeMap<CampaignId, Pacer>,
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
            owed: BTreeMap::new(),
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
                    self.forget(campaign, now);
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
                let mut run = CampaignRun::new(settings, now);
                if let Some(mut pacer) = self.owed.remove(&campaign) {
                    pacer.set_rate(run.settings.attempts_per_second, now);
                    run.pacer = pacer;
                }
                self.campaigns.insert(campaign, run);
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
        self.forget(campaign, self.now);
    }

    fn forget(&mut self, campaign: CampaignId, now: Instant) {
        self.owed.retain(|_, pacer| pacer.ready_at(1, now) > now);
        if let Some(run) = self.campaigns.remove(&campaign) {
            self.owed.insert(campaign, run.pacer);
        }
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
