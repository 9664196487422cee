//! Values that callers say at an open menu, in the sentence that tells what they want: "transfer fifty dollars to
//! account one two three four". The form that the choice leads to begins with them.

use std::time::Instant;

use call_model::{Certainty, Heard, ListenEnd};

use super::phase::{Answer, Given};
use super::{Asking, Core};
use crate::node::{Confirm, Form, Menu};
use crate::run::Step;
use crate::understand::Verdict;

impl Core {
    /// Keeps the sentence by which a choice was made, for the questions of the same file that it leads to. Nothing is
    /// kept where the choice was made in another way.
    pub(crate) fn carry(&mut self, sentence: Option<String>) {
        self.carried = sentence.map(|sentence| (self.part, sentence));
    }
}

impl Asking {
    /// A menu's choice was made.
    pub(super) fn choose(&mut self, menu: &Menu, index: usize, certainty: Certainty, core: &mut Core) -> Step {
        core.carry(self.said.take());
        menu.chosen(index, certainty, core)
    }

    /// Fills what was said at the open menu that led here; whether that is anything. A sensitive slot is filled by its
    /// own question only. Nobody was asked for these values, so they count as uncertain: unless a slot is never
    /// confirmed, they are read back.
    pub(super) fn take_carried(&mut self, form: &Form, core: &mut Core, now: Instant) -> bool {
        let Some((_, sentence)) = core.carried.clone().filter(|(part, _)| *part == core.part) else { return false };
        let heard = Heard {
            text: sentence,
            words: Vec::new(),
            again: None,
            without_synonyms: None,
            free: None,
            speech_ms: 0,
            end: ListenEnd::EndOfSpeech,
        };
        let spoken = self.sentence(&heard, form, None, core, now);
        let thresholds = form.manner.thresholds;
        let unsure = thresholds.accept.saturating_sub(1);
        let mut taken = false;
        for (item, meaning, certainty) in spoken.values {
            let Some(slot) = form.slots.get(item) else { continue };
            if thresholds.decide(certainty, 0) == Verdict::Refuse {
                continue;
            }
            taken = true;
            let answer = Answer { meaning, choice: None, certainty: certainty.min(unsure) };
            match slot.confirm {
                Confirm::Never => self.give(item, answer, false, form, core),
                Confirm::Always | Confirm::WhenUnsure => {
                    self.fillings += 1;
                    let given = Given { answer, confirmed: false, pending: true, filling: self.fillings };
                    self.items[item].given = Some(given);
                }
            }
        }
        if taken {
            core.carried = None;
        }
        taken
    }
}
