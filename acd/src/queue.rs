//! One queue: who waits, first come first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use call_model::{AgentId, CallId, QueueId};

use crate::orders::OfferId;
use crate::settings::QueueSettings;

/// Since when a call waits; of those that began to wait together, in which order they came, over all queues.
pub(crate) type PlaceInLine = (Instant, u64);

#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) settings: QueueSettings,
    /// Who waits, the longest wait first; calls that are being offered keep their place.
    pub(crate) waiting: BTreeMap<PlaceInLine, CallId>,
    /// Whether somebody came or left since the positions were told.
    pub(crate) moved: bool,
}

impl Queue {
    pub(crate) fn new(settings: QueueSettings) -> Self {
        Self { settings, waiting: BTreeMap::new(), moved: false }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= self.settings.max_waiting
    }
}

/// A call that waits for an agent.
#[derive(Debug)]
pub(crate) struct WaitingCall {
    pub(crate) queue: QueueId,
    /// The key of [`Queue::waiting`].
    pub(crate) place: PlaceInLine,
    pub(crate) since: Instant,
    /// The position that was told last, 0 before the first.
    pub(crate) told: u32,
    /// When the position is told again though it has not changed.
    pub(crate) tell_again: Instant,
    /// The agents who were offered this call in vain since all were tried.
    pub(crate) tried: BTreeSet<AgentId>,
    pub(crate) stage: WaitingStage,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WaitingStage {
    /// Waits for an agent to be free.
    Waiting,
    /// An agent is being offered the call, or the offer is being cancelled.
    Offered { offer: OfferId, agent: AgentId },
}
