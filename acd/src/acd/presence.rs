//! Who is there: agents come, go, pause and return.

use std::time::Instant;

use call_model::AgentId;

use super::Acd;
use crate::agent::{AgentState, Ready, Then, Withdrawal};
use crate::offer::{Offer, OfferStage};
use crate::orders::PauseReason;

impl Acd {
    pub(super) fn agent_registered(&mut self, id: &AgentId, now: Instant) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        let rested = Ready { idle_since: now, offer_from: now };
        match &mut agent.state {
            AgentState::SignedOut { paused } => {
                let paused = *paused;
                agent.misses = 0;
                let state = if paused { AgentState::Paused(PauseReason::Asked) } else { AgentState::Ready(rested) };
                self.set_state(id, state, now);
            }
            AgentState::Offered { then, .. } | AgentState::OnCall { then, .. } => *then = then.registered(),
            AgentState::Withdrawn { then: Withdrawal::SignedOut { paused }, .. } => {
                let paused = *paused;
                let then = if paused { Withdrawal::Paused(PauseReason::Asked) } else { Withdrawal::Ready(rested) };
                self.set_withdrawal(id, then, now);
            }
            AgentState::Withdrawn { .. } | AgentState::Ready(_) | AgentState::WrapUp { .. } | AgentState::Paused(_) => {
            }
        }
    }

    pub(super) fn agent_unregistered(&mut self, id: &AgentId, now: Instant) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        match &mut agent.state {
            AgentState::Ready(_) | AgentState::WrapUp { .. } => {
                self.set_state(id, AgentState::SignedOut { paused: false }, now);
            }
            AgentState::Paused(reason) => {
                let paused = *reason == PauseReason::Asked;
                self.set_state(id, AgentState::SignedOut { paused }, now);
            }
            AgentState::Offered { offer: Offer { stage: OfferStage::Ringing { .. }, .. }, then } => {
                let paused = *then == Then::Paused;
                self.withdraw(id, Withdrawal::SignedOut { paused }, now);
            }
            // The telephone was answered: its call goes on without the registration.
            AgentState::Offered { then, .. } | AgentState::OnCall { then, .. } => *then = then.unregistered(),
            AgentState::Withdrawn { then, .. } => {
                let paused = *then == Withdrawal::Paused(PauseReason::Asked);
                if !matches!(then, Withdrawal::SignedOut { .. }) {
                    self.set_withdrawal(id, Withdrawal::SignedOut { paused }, now);
                }
            }
            AgentState::SignedOut { .. } => {}
        }
    }

    pub(super) fn agent_paused(&mut self, id: &AgentId, now: Instant) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        match &mut agent.state {
            AgentState::SignedOut { paused } => *paused = true,
            AgentState::Ready(_) | AgentState::WrapUp { .. } | AgentState::Paused(_) => {
                self.set_state(id, AgentState::Paused(PauseReason::Asked), now);
            }
            AgentState::Offered { offer: Offer { stage: OfferStage::Ringing { .. }, .. }, then } => {
                let then = match then {
                    Then::SignedOut { .. } => Withdrawal::SignedOut { paused: true },
                    Then::Ready | Then::Paused => Withdrawal::Paused(PauseReason::Asked),
                };
                self.withdraw(id, then, now);
            }
            AgentState::Offered { then, .. } | AgentState::OnCall { then, .. } => *then = then.paused(true),
            AgentState::Withdrawn { then: Withdrawal::SignedOut { paused }, .. } => *paused = true,
            AgentState::Withdrawn { .. } => self.set_withdrawal(id, Withdrawal::Paused(PauseReason::Asked), now),
        }
    }

    pub(super) fn agent_ready(&mut self, id: &AgentId, now: Instant) {
        let Some(agent) = self.agents.get_mut(id) else { return };
        agent.misses = 0;
        let rested = Ready { idle_since: now, offer_from: now };
        match &mut agent.state {
            AgentState::SignedOut { paused } => *paused = false,
            AgentState::Ready(ready) => ready.offer_from = now,
            AgentState::WrapUp { .. } | AgentState::Paused(_) => self.set_state(id, AgentState::Ready(rested), now),
            AgentState::Offered { then, .. } | AgentState::OnCall { then, .. } => *then = then.paused(false),
            AgentState::Withdrawn { then, .. } => match then {
                Withdrawal::SignedOut { paused } => *paused = false,
                Withdrawal::Ready(ready) => ready.offer_from = now,
                Withdrawal::Paused(_) => self.set_withdrawal(id, Withdrawal::Ready(rested), now),
            },
        }
    }
}
