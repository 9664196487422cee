//! Handing the caller to people: queues, and others outside of them.

use std::time::{Duration, Instant};

use call_model::{CallEvent, QueueId, TransferFailure};

use super::{Core, Fact, Output, Stage, Step};
use crate::node::{Kind, NodeId, Transfer};

impl Core {
    /// The prompt before it was heard: the caller is handed over.
    pub(crate) fn enqueue(&mut self, id: NodeId, now: Instant) -> Step {
        let flow = self.flow.clone();
        if let Kind::Transfer(transfer) = &flow.nodes[id.0].kind {
            return self.transfer(id, transfer);
        }
        let Kind::Queue(queue) = &flow.nodes[id.0].kind else { return Step::Person };
        self.queue_until = queue.wait_at_most.map(|longest| now + longest);
        let (queue, whisper) = queue.order(self);
        let whisper = self.hide(&whisper);
        self.keys.flush();
        let since = self.waits_since(now);
        self.waiting_since = None;
        self.order(Output::Enqueue { queue, whisper, since });
        Step::Wait(Stage::Queued(id))
    }

    /// Keeps the place in the queue from now on.
    pub(crate) fn keep_place(&mut self, now: Instant) {
        self.waiting_since = Some(self.waits_since(now));
    }

    /// From when on the wait in a queue counts. A place is not kept for ever: who has been served otherwise since, and
    /// asks again, waits from then on.
    fn waits_since(&self, now: Instant) -> Instant {
        let kept = self.waiting_since.filter(|since| now.saturating_duration_since(*since) <= LONGEST_KEPT_PLACE);
        kept.unwrap_or(now)
    }

    /// Facts while people are waited for.
    pub(crate) fn while_queued(&mut self, id: NodeId, fact: &Fact, now: Instant) -> Step {
        let late = self.queue_until.is_some_and(|until| until <= now);
        match fact {
            Fact::QueueFailed { why } => self.leave_queue(id, *why),
            Fact::TimedOut if late => {
                self.event(CallEvent::FlowTimeout);
                self.leave_queue(id, TransferFailure::TimedOut)
            }
            _ => Step::Wait(Stage::Queued(id)),
        }
    }

    /// The caller was not served in the queue, or not let into it.
    pub(crate) fn leave_queue(&mut self, id: NodeId, why: TransferFailure) -> Step {
        let flow = self.flow.clone();
        self.queue_until = None;
        match &flow.nodes[id.0].kind {
            Kind::Queue(queue) => {
                self.unreached = true;
                self.event(CallEvent::QueueLeft { queue: QueueId::new(queue.name.clone()), why });
                Step::Goto(queue.after(why))
            }
            Kind::Transfer(transfer) => {
                self.event(CallEvent::TransferFailed { why });
                Step::Goto(transfer.after(why))
            }
            _ => Step::Person,
        }
    }

    fn transfer(&mut self, id: NodeId, transfer: &Transfer) -> Step {
        self.keys.flush();
        match transfer.order(self) {
            Ok(request) => {
                self.event(CallEvent::TransferStarted { to: request.to.clone() });
                self.order(Output::Transfer { request });
                Step::Wait(Stage::Queued(id))
            }
            Err(reason) => Step::Broken(reason),
        }
    }
}

/// How long a place in the queue is kept for a caller who is told or asked something before.
const LONGEST_KEPT_PLACE: Duration = Duration::from_secs(120);
