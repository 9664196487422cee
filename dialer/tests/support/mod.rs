//! A dialer on a virtual clock, with a database and a telephone network around it.
#![allow(dead_code, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{AttemptId, CampaignId, Disposition, LeadId, PhoneNumber};
use dialer::{
    AttemptOutcome, CallingHours, CampaignSettings, CampaignState, Dialer, DialerConfig, DialerEvent, DueBatch,
    DueLead, FinishAttempt, Input, LeadChange, LeadFacts, LeadState, Origination, Output, PastAttempt, Progress,
    Purpose, ReservationFacts, ReservationRequest, Verdict, decide,
};
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone)]
pub struct Lead {
    pub campaign: CampaignId,
    pub number: PhoneNumber,
    pub state: LeadState,
    pub due: Timestamp,
    pub attempts: u32,
}

#[derive(Debug, Clone)]
pub struct Attempt {
    pub campaign: CampaignId,
    pub lead: LeadId,
    pub number: PhoneNumber,
    pub at: Timestamp,
    pub dialled: Option<Instant>,
    pub ended: Option<Disposition>,
    /// How it was finished, and how often.
    pub outcomes: Vec<AttemptOutcome>,
}

/// What a called telephone does: rings, is answered and comes to its end, in ms from dialling.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub rings: Option<u64>,
    pub answers: Option<u64>,
    pub ends: u64,
    pub disposition: Disposition,
}

impl Plan {
    pub fn ends(ms: u64, disposition: Disposition) -> Self {
        Self { rings: None, answers: None, ends: ms, disposition }
    }
}

pub struct World {
    pub dialer: Dialer,
    pub now: Instant,
    pub start: Instant,
    wall_at_start: Timestamp,
    pub campaigns: BTreeMap<CampaignId, (CampaignState, Arc<CampaignSettings>)>,
    pub leads: BTreeMap<LeadId, Lead>,
    pub attempts: BTreeMap<AttemptId, Attempt>,
    pub do_not_call: BTreeSet<PhoneNumber>,
    /// What is on its way to the dialer, by time and order of sending.
    coming: BTreeMap<(Instant, u64), Coming>,
    sent: u64,
    /// How long the database takes.
    pub latency: Duration,
    /// The next questions to the database that fail.
    pub failures: u32,
    pub plan: Box<dyn FnMut(&Origination) -> Plan>,
    pub dialled: Vec<(u64, LeadId)>,
    pub cancelled: Vec<AttemptId>,
    pub finished: Vec<CampaignId>,
    pub progress: VecDeque<(Instant, Progress)>,
    pub refused: u64,
}

enum Coming {
    Fetch(CampaignId, u32),
    Reserve(ReservationRequest),
    Tell(Input),
}

pub fn campaign(n: u128) -> CampaignId {
    CampaignId::from(n)
}

pub fn lead(n: u128) -> LeadId {
    LeadId::from(n)
}

/// Settings that may call at any hour, ten a second, a hundred at once, without a gap between attempts.
pub fn settings() -> CampaignSettings {
    let mut settings = CampaignSettings::named("spring", "offer", "carrier", "+12025550100".parse().unwrap());
    settings.attempts_per_second = 10.0;
    settings.at_once = 100;
    settings.calling_hours = CallingHours::always();
    settings.budget.per_day = 100;
    settings.budget.min_gap = Duration::ZERO;
    settings
}

impl World {
    pub fn new() -> Self {
        Self::with(DialerConfig::default(), "2026-01-14T12:00:00Z")
    }

    pub fn with(config: DialerConfig, wall: &str) -> Self {
        let start = Instant::now();
        let wall = wall.parse().unwrap();
        Self {
            dialer: Dialer::new(config, wall, start),
            now: start,
            start,
            wall_at_start: wall,
            campaigns: BTreeMap::new(),
            leads: BTreeMap::new(),
            attempts: BTreeMap::new(),
            do_not_call: BTreeSet::new(),
            coming: BTreeMap::new(),
            sent: 0,
            latency: Duration::from_millis(2),
            failures: 0,
            plan: Box::new(|_| Plan::ends(1000, Disposition::SelfServed)),
            dialled: vec![],
            cancelled: vec![],
            finished: vec![],
            progress: VecDeque::new(),
            refused: 0,
        }
    }

    pub fn wall(&self) -> Timestamp {
        self.wall_at_start + SignedDuration::try_from(self.now - self.start).unwrap()
    }

    /// Adds leads with London numbers, due at once.
    pub fn add_leads(&mut self, of: u128, ids: impl IntoIterator<Item = u128>) {
        for n in ids {
            let number = format!("+4420794{n:05}").parse().unwrap();
            let row = Lead { campaign: campaign(of), number, state: LeadState::Waiting, due: self.wall(), attempts: 0 };
            self.leads.insert(lead(n), row);
        }
    }

    pub fn start_campaign(&mut self, n: u128, settings: CampaignSettings) {
        assert_eq!(settings.problems(), []);
        let settings = Arc::new(settings);
        self.campaigns.insert(campaign(n), (CampaignState::Running, Arc::clone(&settings)));
        self.tell(Input::CampaignStarted { campaign: campaign(n), settings });
    }

    pub fn set_state(&mut self, n: u128, state: CampaignState) {
        let (stored, settings) = self.campaigns.get_mut(&campaign(n)).unwrap();
        if !stored.may_become(state) {
            return;
        }
        let from = std::mem::replace(stored, state);
        let settings = Arc::clone(settings);
        let id = campaign(n);
        match state {
            CampaignState::Paused => self.tell(Input::CampaignPaused(id)),
            CampaignState::Stopped => self.tell(Input::CampaignStopped(id)),
            CampaignState::Running if from == CampaignState::Paused => self.tell(Input::CampaignResumed(id)),
            CampaignState::Running => self.tell(Input::CampaignStarted { campaign: id, settings }),
            CampaignState::Draft | CampaignState::Finished => unreachable!("not an operator's wish"),
        }
    }

    pub fn tell(&mut self, input: Input) {
        self.dialer.handle_input(input, self.now);
        self.drain();
    }

    /// Lets time pass, with all that comes on the way.
    pub fn pass(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        loop {
            let timer = self.dialer.poll_timeout().filter(|at| *at <= end);
            let next = self.coming.keys().next().copied().filter(|(at, _)| *at <= end);
            match (timer, next) {
                (None, None) => break,
                (Some(at), other) if other.is_none_or(|(coming, _)| at < coming) => {
                    self.now = self.now.max(at);
                    self.dialer.handle_timeout(self.now);
                    self.drain();
                    let again = self.dialer.poll_timeout();
                    assert!(again.is_none_or(|again| again > self.now), "a timer that ran out came again");
                }
                (_, Some(key)) => {
                    self.now = self.now.max(key.0);
                    let coming = self.coming.remove(&key).unwrap();
                    self.arrives(coming);
                }
                (Some(_), None) => unreachable!("taken above"),
            }
        }
        self.now = end;
    }

    fn arrives(&mut self, coming: Coming) {
        let fails = self.failures > 0 && !matches!(coming, Coming::Tell(_));
        self.failures -= u32::from(fails);
        match coming {
            Coming::Fetch(campaign, _) if fails => self.tell(Input::FetchFailed(campaign)),
            Coming::Reserve(request) if fails => self.tell(Input::ReservationFailed(request.attempt)),
            Coming::Fetch(campaign, limit) => {
                let batch = self.due(campaign, limit);
                self.tell(Input::LeadsDue { campaign, batch });
            }
            Coming::Reserve(request) => self.reserve(request),
            Coming::Tell(input) => {
                if let Input::AttemptEnded { attempt, disposition } = input {
                    let attempt = self.attempts.get_mut(&attempt).unwrap();
                    if attempt.ended.is_some() {
                        return;
                    }
                    attempt.ended = Some(disposition);
                }
                self.tell(input);
            }
        }
    }

    fn due(&self, of: CampaignId, limit: u32) -> DueBatch {
        let wall = self.wall();
        let waiting = || self.leads.iter().filter(move |(_, l)| l.campaign == of && l.state == LeadState::Waiting);
        let mut due: Vec<(&LeadId, &Lead)> = waiting().filter(|(_, lead)| lead.due <= wall).collect();
        due.sort_by_key(|(id, lead)| (lead.due, **id));
        let unfinished = |l: &&Lead| l.campaign == of && matches!(l.state, LeadState::Waiting | LeadState::Reserved);
        DueBatch {
            leads: due
                .into_iter()
                .take(limit as usize)
                .map(|(id, l)| DueLead {
                    lead: *id,
                    number: l.number.clone(),
                    variables: BTreeMap::new(),
                    attempts: l.attempts,
                })
                .collect(),
            next_due: waiting().map(|(_, lead)| lead.due).filter(|due| *due > wall).min(),
            unfinished: self.leads.values().filter(unfinished).count() as u64,
        }
    }

    pub fn history(&self, number: &PhoneNumber, without: AttemptId) -> Vec<PastAttempt> {
        let counts = |a: &Attempt| a.number == *number && a.outcomes != [AttemptOutcome::Released];
        let others = self.attempts.iter().filter(|(id, a)| **id != without && counts(a));
        others.map(|(_, a)| PastAttempt { at: a.at, disposition: a.ended }).collect()
    }

    fn reserve(&mut self, request: ReservationRequest) {
        let Purpose::Lead { campaign, lead } = request.purpose else { panic!("the dialer dials leads") };
        let row = self.leads[&lead].clone();
        assert_eq!((row.campaign, &row.number), (campaign, &request.number));
        let facts = ReservationFacts {
            do_not_call: self.do_not_call.contains(&request.number),
            campaign: self.campaigns.get(&campaign).map(|(state, _)| *state),
            lead: Some(LeadFacts { state: row.state, due: row.due, attempts: row.attempts }),
            open_attempt: self.attempts.values().any(|a| a.number == request.number && a.outcomes.is_empty()),
            attempts_of_number: self.history(&request.number, request.attempt),
        };
        match decide(&request, &facts) {
            Verdict::Reserve => {
                let stored = self.leads.get_mut(&lead).unwrap();
                stored.state = LeadState::Reserved;
                stored.attempts += 1;
                let attempt = Attempt {
                    campaign,
                    lead,
                    number: request.number,
                    at: request.now,
                    dialled: None,
                    ended: None,
                    outcomes: vec![],
                };
                assert!(self.attempts.insert(request.attempt, attempt).is_none(), "an id came twice");
                self.tell(Input::Reserved(request.attempt));
            }
            Verdict::Refuse { refusals, lead: change } => {
                self.refused += 1;
                self.change(lead, change);
                self.tell(Input::Refused { attempt: request.attempt, refusals });
            }
        }
    }

    fn change(&mut self, lead: LeadId, change: LeadChange) {
        let row = self.leads.get_mut(&lead).unwrap();
        match change {
            LeadChange::Keep => {}
            LeadChange::DueAt(due) => (row.state, row.due) = (LeadState::Waiting, due),
            LeadChange::Close(state) => row.state = state,
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.dialer.poll_output() {
            match output {
                Output::FetchDueLeads { campaign, limit } => self.send(self.latency, Coming::Fetch(campaign, limit)),
                Output::Reserve(request) => self.send(self.latency, Coming::Reserve(request)),
                Output::Originate(call) => self.originate(call),
                Output::Cancel(attempt) => {
                    self.cancelled.push(attempt);
                    let ended = Input::AttemptEnded { attempt, disposition: Disposition::Failed };
                    self.send(Duration::from_millis(50), Coming::Tell(ended));
                }
                Output::FinishAttempt(finish) => self.finish(finish),
                Output::CampaignFinished(campaign) => {
                    self.campaigns.get_mut(&campaign).unwrap().0 = CampaignState::Finished;
                    self.finished.push(campaign);
                }
                Output::Event(DialerEvent::Progress(progress)) => self.progress.push_back((self.now, progress)),
            }
        }
    }

    fn originate(&mut self, call: Origination) {
        let attempt = self.attempts.get_mut(&call.attempt).expect("only what is reserved is dialled");
        assert_eq!((attempt.dialled, attempt.outcomes.len(), attempt.lead), (None, 0, call.lead));
        attempt.dialled = Some(self.now);
        self.dialled.push(((self.now - self.start).as_millis() as u64, call.lead));
        let plan = (self.plan)(&call);
        let id = call.attempt;
        let mut tell = |ms: u64, input| self.send(Duration::from_millis(ms), Coming::Tell(input));
        if let Some(ms) = plan.rings {
            tell(ms, Input::AttemptRinging(id));
        }
        if let Some(ms) = plan.answers {
            tell(ms, Input::AttemptAnswered(id));
        }
        tell(plan.ends, Input::AttemptEnded { attempt: id, disposition: plan.disposition });
    }

    fn finish(&mut self, finish: FinishAttempt) {
        let attempt = self.attempts.get_mut(&finish.attempt).expect("only what is reserved is finished");
        attempt.outcomes.push(finish.outcome);
        assert_eq!((attempt.lead, attempt.campaign), (finish.lead, finish.campaign));
        assert_eq!(attempt.outcomes.len(), 1, "finished twice");
        match finish.outcome {
            AttemptOutcome::Released => {
                assert_eq!(attempt.dialled, None, "a dialled attempt was released");
                self.leads.get_mut(&finish.lead).unwrap().attempts -= 1;
            }
            AttemptOutcome::Ended(disposition) => assert_eq!(attempt.ended, Some(disposition)),
        }
        self.change(finish.lead, finish.change);
    }

    fn send(&mut self, after: Duration, coming: Coming) {
        self.coming.insert((self.now + after, self.sent), coming);
        self.sent += 1;
    }

    pub fn lead(&self, n: u128) -> (LeadState, u32) {
        let row = &self.leads[&lead(n)];
        (row.state, row.attempts)
    }

    pub fn dialled_leads(&self) -> Vec<u128> {
        self.dialled.iter().map(|(_, lead)| lead.as_u128()).collect()
    }

    pub fn released(&self) -> usize {
        self.attempts.values().filter(|a| a.outcomes == [AttemptOutcome::Released]).count()
    }
}
