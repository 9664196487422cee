//! A caller who is told to speak and is recorded then: what `record`, `voicemail` and slots of recordings have in common.

use std::time::{Duration, Instant};

use call_model::{CallEvent, OrderId, RecordFailure, RecordRequest, RecordResult};

use super::{Core, Fact, WaitsFor};
use crate::node::NodeId;

/// The caller is told to speak, or speaks.
#[derive(Debug)]
pub(crate) struct Dictation {
    node: NodeId,
    request: RecordRequest,
    at: At,
}

#[derive(Debug)]
enum At {
    /// What to speak of is said.
    Told { order: OrderId },
    /// The caller is recorded.
    Running { order: OrderId, give_up: Instant },
}

impl Dictation {
    /// Waits for the end of the prompt that tells the caller to speak; without one, records at once.
    pub(crate) fn begin(
        node: NodeId,
        request: RecordRequest,
        told: Option<OrderId>,
        core: &mut Core,
        now: Instant,
    ) -> Self {
        let at = match told {
            Some(order) => At::Told { order },
            None => At::running(node, &request, core, now),
        };
        Self { node, request, at }
    }

    /// The prompt that is still said.
    pub(crate) fn told(&self) -> Option<OrderId> {
        match self.at {
            At::Told { order } => Some(order),
            At::Running { .. } => None,
        }
    }

    /// Takes a fact; a key ends the prompt. Gives what was recorded, once that is over and was told of.
    pub(crate) fn on_fact(&mut self, fact: Fact, core: &mut Core, now: Instant) -> Option<RecordResult> {
        let result = match (fact, &self.at) {
            (Fact::PromptEnded { order }, At::Told { order: told }) if order == *told => {
                self.at = At::running(self.node, &self.request, core, now);
                return None;
            }
            (Fact::DigitPressed(_), At::Told { order }) => {
                core.stop_playing(*order);
                return None;
            }
            (Fact::Recorded { order, recording }, At::Running { order: running, .. }) if order == *running => recording,
            (Fact::TimedOut, At::Running { order, .. }) => {
                core.event(CallEvent::FlowTimeout);
                core.stop_recording(*order);
                Err(RecordFailure::Disk)
            }
            _ => return None,
        };
        core.recorded(self.node, result);
        core.keys.flush();
        Some(result)
    }

    /// When a recorder that reports nothing is given up.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.at {
            At::Told { .. } => None,
            At::Running { give_up, .. } => Some(give_up),
        }
    }

    pub(crate) fn waits_for(&self) -> WaitsFor {
        let record = match self.at {
            At::Told { .. } => None,
            At::Running { order, .. } => Some(order),
        };
        WaitsFor { record, ..WaitsFor::default() }
    }
}

impl At {
    fn running(node: NodeId, request: &RecordRequest, core: &mut Core, now: Instant) -> Self {
        // A key that was pressed to hurry the prompt does not end what has not begun.
        core.keys.flush();
        let order = core.record(node, request.clone());
        let longest = Duration::from_millis(u64::from(request.max_ms)) + GRACE;
        Self::Running { order, give_up: now + longest }
    }
}

/// A recorder that reports nothing so long after the longest time has failed.
const GRACE: Duration = Duration::from_secs(5);
