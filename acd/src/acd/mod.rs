//! The machine that brings waiting calls to agents.

mod assignment;
mod offering;
mod presence;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use call_model::{AgentId, CallId, QueueId};

use crate::agent::{Agent, AgentState, Ready, Then, Withdrawal};
use crate::offer::Failure;
use crate::orders::{AgentView, Input, NobodyReason, OfferId, Output, PauseReason, QueueView, WaitingView};
use crate::queue::{Queue, WaitingCall, WaitingStage};
use crate::settings::AcdConfig;

/// Brings waiting calls to agents: the call that came first goes to the agent who is idle longest.
#[derive(Debug)]
pub struct Acd {
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    waiting: BTreeMap<CallId, WaitingCall>,
    talking: BTreeMap<CallId, Talk>,
    /// Who holds each offer whose closing fact has not come.
    offers: BTreeMap<OfferId, AgentId>,
    /// Timers that no longer matter stay until they run out and do nothing then.
    timers: BTreeSet<(Instant, Timer)>,
    next_place: u64,
    next_offer: u64,
    outputs: VecDeque<Output>,
}

/// A call that an agent took.
#[derive(Debug)]
struct Talk {
    agent: AgentId,
    queue: QueueId,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// A telephone rang long enough, an agent took too long to accept, or no closing fact came.
    Offer(OfferId),
    /// Wrap-up is over.
    WrapUp(AgentId),
    /// An agent was left alone long enough.
    Rested(AgentId),
    /// A caller waited as long as one may.
    MaxWait(CallId),
    /// A caller is told the position again.
    Position(CallId),
}

/// How long the closing fact of a cancelled offer is awaited.
const CLOSING_LIMIT: Duration = Duration::from_secs(3);
/// The shortest time between two announcements of an unchanged position.
const MIN_ANNOUNCE: Duration = Duration::from_secs(1);

impl Acd {
    /// A machine with all agents signed out.
    pub fn new(config: AcdConfig, now: Instant) -> Self {
        let queues = config.queues.into_iter().map(|(id, settings)| (id, Queue::new(settings)));
        let agents = config.agents.into_iter().map(|(id, settings)| (id, Agent::new(settings, now)));
        Self {
            queues: queues.collect(),
            agents: agents.collect(),
            waiting: BTreeMap::new(),
            talking: BTreeMap::new(),
            offers: BTreeMap::new(),
            timers: BTreeSet::new(),
            next_place: 0,
            next_offer: 1,
            outputs: VecDeque::new(),
        }
    }

    /// Takes a fact. Facts of agents, calls and offers that are not known are ignored.
    pub fn handle_input(&mut self, input: Input, now: Instant) {
        match input {
            Input::AgentRegistered(agent) => self.agent_registered(&agent, now),
            Input::AgentUnregistered(agent) => self.agent_unregistered(&agent, now),
            Input::AgentPaused(agent) => self.agent_paused(&agent, now),
            Input::AgentReady(agent) => self.agent_ready(&agent, now),
            Input::CallQueued { call, queue, since } => self.call_queued(call, queue, since.min(now), now),
            Input::CallLeft(call) | Input::CallEnded(call) => self.call_over(call, now),
            Input::OfferAnswered(offer) => self.offer_answered(offer, now),
            Input::OfferAccepted(offer) => self.offer_accepted(offer, now),
            Input::OfferFailed { offer, cause } => self.offer_failed(offer, cause, now),
        }
        self.advance(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, _)) = self.timers.first() {
            if *at > now {
                break;
            }
            let Some((_, timer)) = self.timers.pop_first() else { break };
            self.timer_ran_out(timer, now);
        }
        self.advance(now);
    }

    /// When [`Self::handle_timeout`] is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next order. To be drained after every call of a `handle_*`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// All agents, by name.
    pub fn agents(&self) -> Vec<AgentView> {
        self.agents.iter().map(|(id, agent)| agent.view(id)).collect()
    }

    /// All queues, by name.
    pub fn queues(&self) -> Vec<QueueView> {
        self.queues.iter().map(|(id, queue)| self.queue_view(id, queue)).collect()
    }

    fn queue_view(&self, id: &QueueId, queue: &Queue) -> QueueView {
        let serving = || self.agents.values().filter(|agent| agent.settings.serves(id));
        let waiting = queue.waiting.values().zip(1u32..).filter_map(|(call, position)| {
            let waiting = self.waiting.get(call)?;
            let offered_to = match &waiting.stage {
                WaitingStage::Waiting => None,
                WaitingStage::Offered { agent, .. } => Some(agent.clone()),
            };
            Some(WaitingView { call: *call, position, since: waiting.since, offered_to })
        });
        QueueView {
            queue: id.clone(),
            waiting: waiting.collect(),
            ready: serving().filter(|agent| matches!(agent.state, AgentState::Ready(_))).count() as u32,
            present: serving().filter(|agent| agent.is_present()).count() as u32,
        }
    }

    fn call_queued(&mut self, call: CallId, id: QueueId, since: Instant, now: Instant) {
        if self.waiting.contains_key(&call) || self.talking.contains_key(&call) {
            return;
        }
        let refused = match self.queues.get(&id) {
            None => Some(NobodyReason::UnknownQueue),
            Some(queue) if queue.is_full() => Some(NobodyReason::Full),
            Some(_) => None,
        };
        if let Some(reason) = refused {
            self.outputs.push_back(Output::NobodyReachable { call, queue: id, reason });
            return;
        }
        let queue = self.queues.get_mut(&id).expect("found above");
        let place = (since, self.next_place);
        self.next_place += 1;
        queue.waiting.insert(place, call);
        queue.moved = true;
        self.timers.insert((since + queue.settings.max_wait, Timer::MaxWait(call)));
        let waiting = WaitingCall {
            queue: id,
            place,
            since,
            told: 0,
            tell_again: now,
            tried: BTreeSet::new(),
            stage: WaitingStage::Waiting,
        };
        self.waiting.insert(call, waiting);
    }

    /// A caller left, or the call with an agent ended: whichever it was, since the two cross.
    fn call_over(&mut self, call: CallId, now: Instant) {
        if let Some(talk) = self.talking.remove(&call) {
            self.talk_ended(call, talk, now);
            return;
        }
        let Some(waiting) = self.take_waiting(call) else { return };
        let WaitingStage::Offered { offer, agent } = waiting.stage else { return };
        let Some(holder) = self.agents.get_mut(&agent) else { return };
        match &mut holder.state {
            AgentState::Withdrawn { call_waits, .. } => *call_waits = false,
            AgentState::Offered { offer: held, then } if held.id == offer => {
                let then = match *then {
                    // The agent did nothing wrong and keeps the place.
                    Then::Ready => Withdrawal::Ready(Ready { idle_since: held.idle_since, offer_from: now }),
                    Then::Paused => Withdrawal::Paused(PauseReason::Asked),
                    Then::SignedOut { paused } => Withdrawal::SignedOut { paused },
                };
                self.withdraw(&agent, then, now);
            }
            _ => {}
        }
    }

    fn talk_ended(&mut self, call: CallId, talk: Talk, now: Instant) {
        let Some(agent) = self.agents.get(&talk.agent) else { return };
        let AgentState::OnCall { then, .. } = agent.state else { return };
        let wrap_up = self.queues.get(&talk.queue).map_or(Duration::ZERO, |queue| queue.settings.wrap_up);
        let state = match then {
            Then::Paused => AgentState::Paused(PauseReason::Asked),
            Then::SignedOut { paused } => AgentState::SignedOut { paused },
            Then::Ready if wrap_up.is_zero() => AgentState::Ready(Ready { idle_since: now, offer_from: now }),
            Then::Ready => AgentState::WrapUp { call, until: now + wrap_up },
        };
        if let AgentState::WrapUp { until, .. } = state {
            self.timers.insert((until, Timer::WrapUp(talk.agent.clone())));
        }
        self.set_state(&talk.agent, state, now);
    }

    fn timer_ran_out(&mut self, timer: Timer, now: Instant) {
        match timer {
            Timer::Offer(id) => self.offer_ran_out(id, now),
            Timer::WrapUp(name) => {
                let Some(agent) = self.agents.get(&name) else { return };
                if matches!(agent.state, AgentState::WrapUp { until, .. } if until <= now) {
                    self.set_state(&name, AgentState::Ready(Ready { idle_since: now, offer_from: now }), now);
                }
            }
            // What is to be done is found by looking at the agents.
            Timer::Rested(_) => {}
            Timer::MaxWait(call) => {
                let Some(waiting) = self.waiting.get(&call) else { return };
                let Some(queue) = self.queues.get(&waiting.queue) else { return };
                // A call that is being offered gets this last chance.
                if waiting.stage == WaitingStage::Waiting && waiting.since + queue.settings.max_wait <= now {
                    self.leave(call, NobodyReason::MaxWait);
                }
            }
            Timer::Position(call) => self.tell_again(call, now),
        }
    }

    fn offer_ran_out(&mut self, id: OfferId, now: Instant) {
        let Some((name, agent)) = self.holder(id) else { return };
        match &agent.state {
            AgentState::Offered { offer, .. } if offer.until() <= now => {
                let then = self.after_failure(&name, Failure::Missed, now);
                self.withdraw(&name, then, now);
            }
            AgentState::Withdrawn { until, .. } if *until <= now => self.withdrawal_closed(&name, now),
            _ => {}
        }
    }

    fn holder(&mut self, offer: OfferId) -> Option<(AgentId, &mut Agent)> {
        let name = self.offers.get(&offer)?;
        Some((name.clone(), self.agents.get_mut(name)?))
    }

    fn take_waiting(&mut self, call: CallId) -> Option<WaitingCall> {
        let waiting = self.waiting.remove(&call)?;
        if let Some(queue) = self.queues.get_mut(&waiting.queue) {
            queue.waiting.remove(&waiting.place);
            queue.moved = true;
        }
        Some(waiting)
    }

    fn set_withdrawal(&mut self, name: &AgentId, withdrawal: Withdrawal, now: Instant) {
        let Some(agent) = self.agents.get(name) else { return };
        if let AgentState::Withdrawn { offer, call, call_waits, until, .. } = agent.state {
            self.set_state(name, AgentState::Withdrawn { offer, call, call_waits, until, then: withdrawal }, now);
        }
    }

    /// Changes an agent's state, and tells of it where it shows.
    fn set_state(&mut self, name: &AgentId, state: AgentState, now: Instant) {
        let Some(agent) = self.agents.get_mut(name) else { return };
        if let AgentState::Ready(Ready { offer_from, .. }) = state
            && offer_from > now
        {
            self.timers.insert((offer_from, Timer::Rested(name.clone())));
        }
        let shown = agent.status();
        agent.state = state;
        if agent.status() != shown {
            agent.since = now;
            self.outputs.push_back(Output::AgentChanged(agent.view(name)));
        }
    }
}
