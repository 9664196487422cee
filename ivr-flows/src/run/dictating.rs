//! A slot that is filled by a recording: its question is said, and then the caller is recorded.

use std::time::Instant;

use call_model::{BargeIn, PromptPart, RecordRequest, RecordResult, Recording};

use super::phase::Answer;
use super::{Asking, Core, Dictation, Errand, Fact, Stage, Step, WaitsFor};
use crate::node::{CERTAIN, PERSON_KEY};
use crate::understand::Verdict;

/// The question and its recording.
#[derive(Debug)]
pub(super) struct Dictating {
    asking: Box<Asking>,
    dictation: Dictation,
    /// Whether a key ends what is said before.
    hurries: bool,
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
        let told = core.play_parts(parts, if hurries { BargeIn::ByKey } else { BargeIn::Never }, now);
        let dictation = Dictation::begin(asking.node, request, told, core, now);
        Step::Wait(Stage::Errand(Box::new(Self { asking: Box::new(asking), dictation, hurries })))
    }
}

impl Errand for Dictating {
    fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        if let (Fact::DigitPressed(key), Some(told)) = (&fact, self.dictation.told()) {
            if *key == PERSON_KEY {
                core.stop_playing(told);
                return Step::Person;
            }
            if !self.hurries {
                return Step::Wait(Stage::Errand(self));
            }
        }
        match self.dictation.on_fact(fact, core, now) {
            Some(result) => self.asking.dictated(result, core, now),
            None => Step::Wait(Stage::Errand(self)),
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.dictation.poll_timeout()
    }

    fn waits_for(&self) -> WaitsFor {
        self.dictation.waits_for()
    }
}

impl Asking {
    /// The caller has spoken into a recording, or said nothing, or nothing could be recorded.
    fn dictated(self, result: RecordResult, core: &mut Core, now: Instant) -> Step {
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
