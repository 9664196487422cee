//! One campaign while it is dialled: its hopper, its pace and its counts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{AttemptId, CampaignId, Disposition, LeadId};
use jiff::Timestamp;

use super::clock::WallClock;
use super::orders::Progress;
use crate::campaign::{CampaignSettings, CampaignState};
use crate::lead::{DueBatch, DueLead};
use crate::pacing::Pacer;

/// What an operator wants of the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Running,
    Paused,
    /// Forgotten as soon as its last attempt has ended.
    Stopped,
}

/// Where the question for due leads stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetch {
    /// To be asked from this instant on, when the hopper runs low.
    From(Instant),
    /// Asked. `again` when something happened meanwhile that the answer may not know.
    Asked { limit: u32, again: bool },
}

/// How often leads are asked for when nothing says when the next is due.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How soon leads are asked for again when the answer brought nothing new or the database failed.
const LOOK_SOON: Duration = Duration::from_secs(1);
/// How long nothing is reserved after the database failed or said that the campaign does not run.
const RESERVE_AGAIN: Duration = Duration::from_secs(2);
/// From one progress event to the next.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct CampaignRun {
    pub(super) settings: Arc<CampaignSettings>,
    pub(super) mode: Mode,
    pub(super) pacer: Pacer,
    /// Reserved attempts that wait for their turn.
    pub(super) reserved: VecDeque<AttemptId>,
    /// Attempts that are being reserved.
    pub(super) reserving: u32,
    /// Attempts from reservation to the end of the call.
    pub(super) in_flight: u32,
    pub(super) reserve_from: Instant,
    hopper: VecDeque<DueLead>,
    /// The leads of the hopper and of the attempts.
    at_hand: BTreeSet<LeadId>,
    fetch: Fetch,
    counts: Counts,
    changed: bool,
    progress_from: Instant,
}

#[derive(Debug, Default)]
struct Counts {
    unfinished: u64,
    dialled: u64,
    ringing: u32,
    answered: u32,
    outcomes: BTreeMap<Disposition, u64>,
    refusals: BTreeMap<&'static str, u64>,
    next_due: Option<Timestamp>,
}

impl CampaignRun {
    pub(super) fn new(settings: Arc<CampaignSettings>, now: Instant) -> Self {
        Self {
            pacer: Pacer::new(settings.attempts_per_second, now),
            settings,
            mode: Mode::Running,
            reserved: VecDeque::new(),
            reserving: 0,
            in_flight: 0,
            reserve_from: now,
            hopper: VecDeque::new(),
            at_hand: BTreeSet::new(),
            fetch: Fetch::From(now),
            counts: Counts::default(),
            changed: true,
            progress_from: now,
        }
    }

    /// Takes new settings; the pace so far stays counted.
    pub(super) fn start(&mut self, settings: Arc<CampaignSettings>, now: Instant) {
        self.pacer.set_rate(settings.attempts_per_second, now);
        self.settings = settings;
        self.set_mode(Mode::Running, now);
    }

    pub(super) fn set_mode(&mut self, mode: Mode, now: Instant) {
        self.mode = mode;
        self.changed = true;
        match mode {
            Mode::Running => self.look_at(now),
            Mode::Paused | Mode::Stopped => self.empty_hopper(),
        }
    }

    /// Lets go of the leads that are not reserved; they are read again when they are wanted.
    pub(super) fn empty_hopper(&mut self) {
        for lead in self.hopper.drain(..) {
            self.at_hand.remove(&lead.lead);
        }
    }

    /// Asks for due leads from `at` on, if that is sooner than what is planned.
    pub(super) fn look_at(&mut self, at: Instant) {
        match &mut self.fetch {
            Fetch::From(from) => *from = at.min(*from),
            Fetch::Asked { again, .. } => *again = true,
        }
    }

    /// Asks at once when there is nothing left at hand: the campaign may have come to its end.
    pub(super) fn look_if_idle(&mut self, now: Instant) {
        if self.in_flight == 0 && self.hopper.is_empty() {
            self.look_at(now);
        }
    }

    /// The number of leads to ask for, where it is time to ask.
    pub(super) fn take_fetch(&mut self, hopper_size: u32, now: Instant) -> Option<u32> {
        if self.fetch_at(hopper_size).is_none_or(|at| at > now) {
            return None;
        }
        // Those at hand may be found again before their reservation is written.
        let limit = hopper_size + self.reserving;
        self.fetch = Fetch::Asked { limit, again: false };
        Some(limit)
    }

    /// When due leads are to be asked for.
    pub(super) fn fetch_at(&self, hopper_size: u32) -> Option<Instant> {
        let low = self.hopper.len() <= hopper_size as usize / 2;
        match self.fetch {
            Fetch::From(at) if low && self.mode == Mode::Running => Some(at),
            Fetch::From(_) | Fetch::Asked { .. } => None,
        }
    }

    pub(super) fn fetch_failed(&mut self, now: Instant) {
        if let Fetch::Asked { .. } = self.fetch {
            self.fetch = Fetch::From(now + LOOK_SOON);
        }
    }

    /// Takes found leads into the hopper. Returns whether the campaign has come to its end.
    pub(super) fn take_batch(&mut self, batch: DueBatch, hopper_size: u32, clock: &WallClock, now: Instant) -> bool {
        let Fetch::Asked { limit, again } = self.fetch else { return false };
        self.changed = true;
        self.counts.unfinished = batch.unfinished;
        self.counts.next_due = batch.next_due;
        self.fetch = Fetch::From(now + LOOK_AGAIN);
        if self.mode != Mode::Running {
            return false;
        }
        let more = batch.leads.len() >= limit as usize;
        let before = self.hopper.len();
        for lead in batch.leads {
            if self.hopper.len() < hopper_size as usize && self.at_hand.insert(lead.lead) {
                self.hopper.push_back(lead);
            }
        }
        let brought = self.hopper.len() > before;
        if again || (more && brought) {
            self.look_at(now);
        } else if more || (self.in_flight == 0 && self.hopper.is_empty() && batch.next_due.is_none()) {
            // Everything found is at hand already, or what is unfinished is about to be written.
            self.look_at(now + LOOK_SOON);
        } else if let Some(due) = batch.next_due {
            self.look_at(clock.instant_of(due, now).max(now + LOOK_SOON));
        }
        batch.unfinished == 0 && !again && self.in_flight == 0 && self.hopper.is_empty()
    }

    /// Whether one more attempt may be begun at all, time apart.
    pub(super) fn wants_to_reserve(&self) -> bool {
        self.mode == Mode::Running && self.in_flight < self.settings.at_once && !self.hopper.is_empty()
    }

    /// Takes the next lead out of the hopper for a reservation.
    pub(super) fn begin_reservation(&mut self) -> Option<DueLead> {
        let lead = self.hopper.pop_front()?;
        self.in_flight += 1;
        self.reserving += 1;
        self.changed = true;
        Some(lead)
    }

    /// An attempt was not reserved.
    pub(super) fn reservation_refused(&mut self, lead: LeadId, reasons: impl Iterator<Item = &'static str>) {
        self.reserving -= 1;
        self.forget(lead);
        for reason in reasons {
            *self.counts.refusals.entry(reason).or_default() += 1;
        }
    }

    pub(super) fn hold_reservations(&mut self, now: Instant) {
        self.reserve_from = now + RESERVE_AGAIN;
        self.empty_hopper();
        self.look_at(self.reserve_from);
    }

    pub(super) fn reservation_made(&mut self, attempt: AttemptId) {
        self.reserving -= 1;
        self.reserved.push_back(attempt);
        self.changed = true;
    }

    pub(super) fn dialled(&mut self) {
        self.counts.dialled += 1;
        self.changed = true;
    }

    pub(super) fn ringing(&mut self) {
        self.counts.ringing += 1;
        self.changed = true;
    }

    pub(super) fn answered(&mut self, rang: bool) {
        self.counts.ringing -= u32::from(rang);
        self.counts.answered += 1;
        self.changed = true;
    }

    /// A dialled attempt ended.
    pub(super) fn ended(&mut self, lead: LeadId, disposition: Disposition, rang: bool, answered: bool) {
        self.counts.ringing -= u32::from(rang);
        self.counts.answered -= u32::from(answered);
        *self.counts.outcomes.entry(disposition).or_default() += 1;
        self.forget(lead);
    }

    /// A reserved attempt was given back undialled.
    pub(super) fn released(&mut self, attempt: AttemptId, lead: LeadId) {
        self.reserved.retain(|waiting| *waiting != attempt);
        self.forget(lead);
    }

    /// Whether nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        self.mode == Mode::Stopped && self.in_flight == 0
    }

    /// When the next progress event is to be sent.
    pub(super) fn progress_at(&self) -> Option<Instant> {
        self.changed.then_some(self.progress_from)
    }

    pub(super) fn take_progress(&mut self, campaign: CampaignId, now: Instant) -> Option<Progress> {
        if self.progress_at().is_none_or(|at| at > now) {
            return None;
        }
        self.changed = false;
        self.progress_from = now + PROGRESS_EVERY;
        Some(self.progress(campaign))
    }

    pub(super) fn progress(&self, campaign: CampaignId) -> Progress {
        let waiting = self.reserving + self.reserved.len() as u32;
        Progress {
            campaign,
            state: match self.mode {
                Mode::Running => CampaignState::Running,
                Mode::Paused => CampaignState::Paused,
                Mode::Stopped => CampaignState::Stopped,
            },
            hopper: self.hopper.len() as u32,
            reserving: waiting,
            dialling: self.in_flight - waiting - self.counts.ringing - self.counts.answered,
            ringing: self.counts.ringing,
            answered: self.counts.answered,
            unfinished: self.counts.unfinished,
            dialled: self.counts.dialled,
            outcomes: self.counts.outcomes.clone(),
            refusals: self.counts.refusals.clone(),
            next_due: self.counts.next_due,
        }
    }

    fn forget(&mut self, lead: LeadId) {
        self.in_flight -= 1;
        self.at_hand.remove(&lead);
        self.changed = true;
    }
}
