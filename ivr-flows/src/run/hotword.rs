//! Whether what was heard so far is a phrase of the question: with `barge_in: by_word` nothing else interrupts.

use std::time::Instant;

use call_model::{Heard, ListenEnd};

use super::phase::Phase;
use super::{Asking, Core};
use crate::node::Asked;
use crate::understand::{Choices, Verdict};

impl Asking {
    pub(super) fn is_phrase(&self, text: &str, asked: Asked<'_>, core: &Core, now: Instant) -> bool {
        let heard = Heard {
            text: text.to_owned(),
            words: Vec::new(),
            again: None,
            without_synonyms: None,
            speech_ms: 0,
            end: ListenEnd::EndOfSpeech,
            free: None,
        };
        let thresholds = self.manner(asked).thresholds;
        let chosen = |choices: &Choices| {
            let understood = choices.understand(&heard, &std::collections::BTreeSet::new());
            thresholds.decide(understood.certainty, understood.second) == Verdict::Accept
        };
        match (&self.phase, asked) {
            (Phase::Confirming(_) | Phase::Together(_), _) => chosen(self.yes_no(asked, &core.flow)),
            (_, Asked::Menu(menu)) => chosen(&menu.choices),
            (_, Asked::Form(form)) => {
                !self.sentence(&heard, form, self.item(), core, now).values.is_empty()
                    || chosen(&form.asides)
                    || self.item().and_then(|item| asked.choices(item)).is_some_and(chosen)
            }
        }
    }
}
