//! A slot that is filled by a recording: its question is said, and then the caller is recorded.

use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, OrderId, PromptPart, RecordFailure, RecordRequest, RecordResult, Recording};

use super::phase::Answer;
use super::{Asking, Core, Errand, Fact, Stage, Step, WaitsFor};
use crate::node::{CERTAIN, PERSON_KEY, RECORDER_GRACE};
use crate::understand::Verdict;

/// The caller is told to speak, or speaks.
#[derive(Debug)]
pub(super) struct Dictating {
    asking: Box<Asking>,
    request: RecordRequest,
    /// Whether a key ends what is said before.
    hurries: bool,
    at: At,
}

#[derive(Debug)]
enum At {
    /// The question is said.
    Told { order: OrderId },
    /// The caller is recorded.
    Running { order: OrderId, give_up: Instant },
}

impl Dictating {
    /// Says the question and records the answer.
    pub(super) fn begin(
        asking: Asking,
        request: RecordRequest,
        parts: Vec<PromptPart>,
        barge_in: BargeIn,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        let hurries = barge_in != BargeIn::Never;
        let at = match core.play_parts(parts, if hurries { BargeIn::ByKey } else { BargeIn::Never }, now) {
            Some(order) => At::Told { order },
            None => At::running(&asking, &request, core, now),
        };
        Step::Wait(Stage::Errand(Box::new(Self { asking: Box::new(asking), request, hurries, at })))
    }
}

impl At {
    fn running(asking: &Asking, request: &RecordRequest, core: &mut Core, now: Instant) -> Self {
        // A key that was pressed to hurry the prompt does not end what has not begun.
        core.keys.flush();
        let order = core.record(asking.node, request.clone());
        let longest = Duration::from_millis(u64::from(request.max_ms)) + RECORDER_GRACE;
        Self::Running { order, give_up: now + longest }
    }
}

impl Errand for Dictating {
    fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        match (fact, &self.at) {
            (Fact::PromptEnded { order }, At::Told { order: told }) if order == *told => {
                self.at = At::running(&self.asking, &self.request, core, now);
            }
            (Fact::DigitPressed(PERSON_KEY), At::Told { order }) => {
                core.stop_playing(*order);
                return Step::Person;
            }
            (Fact::DigitPressed(_), At::Told { order }) if self.hurries => core.stop_playing(*order),
            (Fact::Recorded { order, recording }, At::Running { order: running, .. }) if order == *running => {
                return self.asking.dictated(recording, core, now);
            }
            (Fact::TimedOut, At::Running { order, .. }) => {
                core.event(CallEvent::FlowTimeout);
                core.stop_recording(*order);
                return self.asking.dictated(Err(RecordFailure::Disk), core, now);
            }
            _ => {}
        }
        Step::Wait(Stage::Errand(self))
    }

    fn poll_timeout(&self) -> Option<Instant> {
        match self.at {
            At::Told { .. } => None,
            At::Running { give_up, .. } => Some(give_up),
        }
    }

    fn waits_for(&self) -> WaitsFor {
        let record = match self.at {
            At::Told { .. } => None,
            At::Running { order, .. } => Some(order),
        };
        WaitsFor { record, ..WaitsFor::default() }
    }
}

impl Asking {
    /// The caller has spoken into a recording, or said nothing, or nothing could be recorded.
    fn dictated(self, result: RecordResult, core: &mut Core, now: Instant) -> Step {
        core.recorded(self.node, result);
        core.keys.flush();
        let flow = core.flow.clone();
        let live = self.live.clone();
        let slot = live.asked(&flow, self.node).and_then(|asked| asked.slot(self.item()?));
        match result {
            Ok(Recording { id: Some(id), .. }) => {
                let answer = Answer { meaning: id.to_string(), choice: None, certainty: CERTAIN };
                self.take(answer, Vec::new(), Verdict::Accept, core, now)
            }
            Ok(Recording { id: None, .. }) => self.silent(core, now),
            Err(_) => slot.and_then(|slot| slot.kind.if_failed()).map_or(Step::Person, Step::Goto),
        }
    }
}
