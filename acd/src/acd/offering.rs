//! What becomes of offers.

use std::time::{Duration, Instant};

use call_model::{AgentId, CallId, Cause};

use super::{Acd, CLOSING_LIMIT, Talk, Timer};
use crate::agent::{AgentState, Ready, Then, Withdrawal};
use crate::offer::{Failure, OfferStage};
use crate::orders::{NobodyReason, OfferId, Output, PauseReason};
use crate::queue::WaitingStage;

impl Acd {
    pub(super) fn offer_answered(&mut self, id: OfferId, now: Instant) {
        let Some(agent) = self.offers.get(&id).and_then(|name| self.agents.get_mut(name)) else { return };
        let AgentState::Offered { offer, .. } = &mut agent.state else { return };
        let OfferStage::Ringing { .. } = offer.stage else { return };
        let queue = self.waiting.get(&offer.call).and_then(|call| self.queues.get(&call.queue));
        let accept_time = queue.map_or(Duration::ZERO, |queue| queue.settings.accept_time);
        let until = now + accept_time;
        offer.stage = OfferStage::Answered { until };
        self.timers.insert((until, Timer::Offer(id)));
    }

    pub(super) fn offer_accepted(&mut self, id: OfferId, now: Instant) {
        let Some((name, agent)) = self.holder(id) else { return };
        let (call, then) = match &agent.state {
            AgentState::Offered { offer, then } => (offer.call, *then),
            // The agent accepted before the cancelling came; that stands if the caller is still there.
            AgentState::Withdrawn { call, call_waits: true, then, .. } => (*call, Then::from(*then)),
            AgentState::Withdrawn { call_waits: false, then, .. } => {
                let state = AgentState::from(*then);
                self.offers.remove(&id);
                self.set_state(&name, state, now);
                return;
            }
            _ => return,
        };
        agent.misses = 0;
        self.offers.remove(&id);
        self.set_state(&name, AgentState::OnCall { call, then }, now);
        if let Some(waiting) = self.take_waiting(call) {
            self.talking.insert(call, Talk { agent: name, queue: waiting.queue });
        }
    }

    pub(super) fn offer_failed(&mut self, id: OfferId, cause: Cause, now: Instant) {
        let Some((name, agent)) = self.holder(id) else { return };
        match &agent.state {
            AgentState::Offered { offer, .. } => {
                let call = offer.call;
                let state = AgentState::from(self.after_failure(&name, Failure::of(cause), now));
                self.offers.remove(&id);
                self.set_state(&name, state, now);
                self.back_to_waiting(call, Some(name), now);
            }
            AgentState::Withdrawn { .. } => self.withdrawal_closed(&name, now),
            _ => {}
        }
    }

    /// The closing fact of a cancelled offer came, or is not awaited any longer.
    pub(super) fn withdrawal_closed(&mut self, name: &AgentId, now: Instant) {
        let Some(agent) = self.agents.get(name) else { return };
        let AgentState::Withdrawn { offer, call, call_waits, then, .. } = agent.state else { return };
        self.offers.remove(&offer);
        self.set_state(name, then.into(), now);
        if call_waits {
            self.back_to_waiting(call, Some(name.clone()), now);
        }
    }

    /// Cancels the offer that an agent holds; the agent is free when its closing fact comes.
    pub(super) fn withdraw(&mut self, name: &AgentId, then: Withdrawal, now: Instant) {
        let Some(agent) = self.agents.get(name) else { return };
        let AgentState::Offered { offer, .. } = &agent.state else { return };
        let (offer, call) = (offer.id, offer.call);
        let until = now + CLOSING_LIMIT;
        let call_waits = self.waiting.contains_key(&call);
        self.timers.insert((until, Timer::Offer(offer)));
        self.outputs.push_back(Output::CancelOffer { call, offer });
        self.set_state(name, AgentState::Withdrawn { offer, call, call_waits, until, then }, now);
    }

    /// What an agent does after an offer failed.
    pub(super) fn after_failure(&mut self, name: &AgentId, failure: Failure, now: Instant) -> Withdrawal {
        let agent = self.agents.get_mut(name).expect("who holds an offer is an agent");
        let AgentState::Offered { offer, then } = &agent.state else {
            return Withdrawal::Ready(Ready { idle_since: now, offer_from: now });
        };
        let queue = self.waiting.get(&offer.call).and_then(|call| self.queues.get(&call.queue));
        let settings = queue.map(|queue| queue.settings.clone()).unwrap_or_default();
        match failure {
            Failure::Missed => agent.misses += 1,
            Failure::Declined => agent.misses = 0,
            Failure::Busy | Failure::Neutral => {}
        }
        let missed_too_often =
            failure == Failure::Missed && settings.max_misses > 0 && agent.misses >= settings.max_misses;
        match *then {
            Then::Paused => Withdrawal::Paused(PauseReason::Asked),
            Then::SignedOut { paused } => Withdrawal::SignedOut { paused },
            Then::Ready if missed_too_often => {
                agent.misses = 0;
                Withdrawal::Paused(PauseReason::Missed)
            }
            Then::Ready => Withdrawal::Ready(Ready {
                // Who lets it ring goes to the end.
                idle_since: if failure == Failure::Missed { now } else { offer.idle_since },
                offer_from: failure.offer_from(&settings, now),
            }),
        }
    }

    pub(super) fn back_to_waiting(&mut self, call: CallId, tried: Option<AgentId>, now: Instant) {
        let Some(waiting) = self.waiting.get_mut(&call) else { return };
        waiting.stage = WaitingStage::Waiting;
        waiting.tried.extend(tried);
        let since = waiting.since;
        let max_wait = self.queues.get(&waiting.queue).map_or(Duration::ZERO, |queue| queue.settings.max_wait);
        if since + max_wait <= now {
            self.leave(call, NobodyReason::MaxWait);
        }
    }
}
