//! What follows on each change: calls are offered, sent back where there is no hope, and told their positions.

use std::time::{Duration, Instant};

use call_model::{AgentId, CallId};

use super::{Acd, MIN_ANNOUNCE, Timer};
use crate::agent::{Agent, AgentState, Then};
use crate::offer::{Offer, OfferStage};
use crate::orders::{NobodyReason, OfferId, Output};
use crate::queue::{PlaceInLine, WaitingCall, WaitingStage};
use crate::settings::{IfAllTried, IfNobodyReady};

impl Acd {
    pub(super) fn advance(&mut self, now: Instant) {
        self.assign(now);
        self.leave_hopeless();
        self.tell_positions(now);
    }

    /// Offers the waiting calls, first come first, each to the agent who is idle longest; an agent who was offered
    /// the same call already comes after all others.
    pub(super) fn assign(&mut self, now: Instant) {
        let idle = |(id, agent): (&AgentId, &Agent)| Some((agent.idle_since(now)?, id.clone()));
        let mut free: Vec<(Instant, AgentId)> = self.agents.iter().filter_map(idle).collect();
        if free.is_empty() {
            return;
        }
        let waits =
            |(id, call): (&CallId, &WaitingCall)| (call.stage == WaitingStage::Waiting).then_some((call.place, *id));
        let mut calls: Vec<(PlaceInLine, CallId)> = self.waiting.iter().filter_map(waits).collect();
        calls.sort_unstable();
        for (_, call) in calls {
            let Some(waiting) = self.waiting.get(&call) else { continue };
            let serves = |id: &AgentId| self.agents.get(id).is_some_and(|agent| agent.settings.serves(&waiting.queue));
            let candidates = free.iter().filter(|(_, id)| serves(id));
            let chosen = candidates.min_by_key(|(since, id)| (waiting.tried.contains(id), *since, id.clone())).cloned();
            let Some((idle_since, agent)) = chosen else { continue };
            free.retain(|(_, id)| *id != agent);
            self.offer(call, agent, idle_since, now);
        }
    }

    pub(super) fn offer(&mut self, call: CallId, agent: AgentId, idle_since: Instant, now: Instant) {
        let Some(waiting) = self.waiting.get_mut(&call) else { return };
        let ring_time = self.queues.get(&waiting.queue).map_or(Duration::ZERO, |queue| queue.settings.ring_time);
        let id = OfferId(self.next_offer);
        self.next_offer += 1;
        waiting.stage = WaitingStage::Offered { offer: id, agent: agent.clone() };
        let until = now + ring_time;
        self.timers.insert((until, Timer::Offer(id)));
        self.offers.insert(id, agent.clone());
        self.outputs.push_back(Output::Offer { call, agent: agent.clone(), offer: id });
        let offer = Offer { id, call, idle_since, stage: OfferStage::Ringing { until } };
        self.set_state(&agent, AgentState::Offered { offer, then: Then::Ready }, now);
    }

    /// Sends back the calls for which there is no hope, as their queue's policies say.
    pub(super) fn leave_hopeless(&mut self) {
        let mut leaving = Vec::new();
        for (id, queue) in self.queues.iter().filter(|(_, queue)| !queue.waiting.is_empty()) {
            let present: Vec<&AgentId> = self
                .agents
                .iter()
                .filter(|(_, agent)| agent.settings.serves(id) && agent.is_present())
                .map(|(name, _)| name)
                .collect();
            for call in queue.waiting.values() {
                let Some(waiting) = self.waiting.get(call).filter(|c| c.stage == WaitingStage::Waiting) else {
                    continue;
                };
                let all_tried = || present.iter().all(|name| waiting.tried.contains(*name));
                if present.is_empty() && queue.settings.if_nobody_ready == IfNobodyReady::LeaveAtOnce {
                    leaving.push((*call, NobodyReason::NobodyReady));
                } else if queue.settings.if_all_tried == IfAllTried::Leave && !present.is_empty() && all_tried() {
                    leaving.push((*call, NobodyReason::AllTried));
                }
            }
        }
        for (call, reason) in leaving {
            self.leave(call, reason);
        }
    }

    pub(super) fn leave(&mut self, call: CallId, reason: NobodyReason) {
        let Some(waiting) = self.take_waiting(call) else { return };
        self.outputs.push_back(Output::NobodyReachable { call, queue: waiting.queue, reason });
    }

    pub(super) fn tell_positions(&mut self, now: Instant) {
        for queue in self.queues.values_mut().filter(|queue| queue.moved) {
            queue.moved = false;
            for (call, position) in queue.waiting.values().zip(1u32..) {
                let Some(waiting) = self.waiting.get_mut(call).filter(|w| w.told != position) else { continue };
                waiting.told = position;
                waiting.tell_again = now + queue.settings.announce_every.max(MIN_ANNOUNCE);
                self.timers.insert((waiting.tell_again, Timer::Position(*call)));
                self.outputs.push_back(Output::Position { call: *call, position });
            }
        }
    }

    pub(super) fn tell_again(&mut self, call: CallId, now: Instant) {
        let Some(waiting) = self.waiting.get_mut(&call).filter(|w| w.tell_again <= now) else { return };
        let Some(queue) = self.queues.get(&waiting.queue) else { return };
        waiting.tell_again = now + queue.settings.announce_every.max(MIN_ANNOUNCE);
        self.timers.insert((waiting.tell_again, Timer::Position(call)));
        // Nobody wants to hear it while an agent's telephone rings.
        if waiting.stage == WaitingStage::Waiting {
            self.outputs.push_back(Output::Position { call, position: waiting.told });
        }
    }
}
