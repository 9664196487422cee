//! One agent: the states, each with what is only known in it.

use std::time::Instant;

use call_model::{AgentId, CallId};

use crate::offer::Offer;
use crate::orders::{AgentStatus, AgentView, OfferId, PauseReason};
use crate::settings::AgentSettings;

#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) settings: AgentSettings,
    pub(crate) state: AgentState,
    /// Offers in a row that were let ring or could not be brought.
    pub(crate) misses: u32,
    /// Since when the state is as it is shown.
    pub(crate) since: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AgentState {
    /// The telephone is not registered. An agent who asked for a pause is still paused on coming back.
    SignedOut { paused: bool },
    /// Waits for a call.
    Ready(Ready),
    /// The telephone rings or the agent hears the whisper.
    Offered { offer: Offer, then: Then },
    /// An offer was cancelled and its closing fact is awaited, at most until then. The agent gets nothing else
    /// meanwhile, since the telephone may still ring.
    Withdrawn { offer: OfferId, call: CallId, call_waits: bool, until: Instant, then: Withdrawal },
    /// Talks to a caller.
    OnCall { call: CallId, then: Then },
    /// Has time to write down what the call came to.
    WrapUp { call: CallId, until: Instant },
    /// Wants no calls.
    Paused(PauseReason),
}

/// An agent who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ready {
    /// The longest idle agent is offered a call first.
    pub(crate) idle_since: Instant,
    /// Left alone until then.
    pub(crate) offer_from: Instant,
}

/// What follows on a call, where it was asked for while the agent was busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Ready,
    Paused,
    SignedOut { paused: bool },
}

/// What follows on a cancelled offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Withdrawal {
    Ready(Ready),
    Paused(PauseReason),
    SignedOut { paused: bool },
}

impl Agent {
    pub(crate) fn new(settings: AgentSettings, now: Instant) -> Self {
        Self { settings, state: AgentState::SignedOut { paused: false }, misses: 0, since: now }
    }

    /// Whether the agent is signed in and takes calls, now or after what the agent does now.
    pub(crate) fn is_present(&self) -> bool {
        match &self.state {
            AgentState::Ready(_) | AgentState::WrapUp { .. } => true,
            AgentState::Offered { then, .. } | AgentState::OnCall { then, .. } => *then == Then::Ready,
            AgentState::Withdrawn { then, .. } => matches!(then, Withdrawal::Ready(_)),
            AgentState::SignedOut { .. } | AgentState::Paused(_) => false,
        }
    }

    /// Since when the agent is idle, where a call may be offered now.
    pub(crate) fn idle_since(&self, now: Instant) -> Option<Instant> {
        match &self.state {
            AgentState::Ready(ready) if ready.offer_from <= now => Some(ready.idle_since),
            _ => None,
        }
    }

    pub(crate) fn status(&self) -> (AgentStatus, Option<CallId>) {
        match &self.state {
            AgentState::SignedOut { .. } => (AgentStatus::SignedOut, None),
            AgentState::Ready(_) => (AgentStatus::Ready, None),
            AgentState::Offered { offer, .. } => (AgentStatus::Offered, Some(offer.call)),
            AgentState::Withdrawn { then, .. } => match then {
                Withdrawal::Ready(_) => (AgentStatus::Ready, None),
                Withdrawal::Paused(reason) => (AgentStatus::Paused(*reason), None),
                Withdrawal::SignedOut { .. } => (AgentStatus::SignedOut, None),
            },
            AgentState::OnCall { call, .. } => (AgentStatus::OnCall, Some(*call)),
            AgentState::WrapUp { call, .. } => (AgentStatus::WrapUp, Some(*call)),
            AgentState::Paused(reason) => (AgentStatus::Paused(*reason), None),
        }
    }

    pub(crate) fn view(&self, agent: &AgentId) -> AgentView {
        let (state, call) = self.status();
        AgentView { agent: agent.clone(), state, call, since: self.since }
    }
}

impl From<Withdrawal> for AgentState {
    fn from(then: Withdrawal) -> Self {
        match then {
            Withdrawal::Ready(ready) => Self::Ready(ready),
            Withdrawal::Paused(reason) => Self::Paused(reason),
            Withdrawal::SignedOut { paused } => Self::SignedOut { paused },
        }
    }
}

impl From<Withdrawal> for Then {
    fn from(then: Withdrawal) -> Self {
        match then {
            Withdrawal::Ready(_) | Withdrawal::Paused(PauseReason::Missed) => Self::Ready,
            Withdrawal::Paused(PauseReason::Asked) => Self::Paused,
            Withdrawal::SignedOut { paused } => Self::SignedOut { paused },
        }
    }
}

impl Then {
    /// What follows when the agent is registered again.
    pub(crate) fn registered(self) -> Self {
        match self {
            Self::SignedOut { paused: true } => Self::Paused,
            Self::SignedOut { paused: false } => Self::Ready,
            Self::Ready | Self::Paused => self,
        }
    }

    pub(crate) fn unregistered(self) -> Self {
        match self {
            Self::Ready => Self::SignedOut { paused: false },
            Self::Paused => Self::SignedOut { paused: true },
            Self::SignedOut { .. } => self,
        }
    }

    /// Paused or not, where the telephone is registered or comes back.
    pub(crate) fn paused(self, paused: bool) -> Self {
        match self {
            Self::SignedOut { .. } => Self::SignedOut { paused },
            Self::Ready | Self::Paused if paused => Self::Paused,
            Self::Ready | Self::Paused => Self::Ready,
        }
    }
}
