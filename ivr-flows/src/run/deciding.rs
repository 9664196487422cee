//! What an answer means, and what failures lead to.

use std::time::Instant;

use call_model::{CallEvent, Certainty, Heard, TurnResult};

use super::asking::{Answer, Asking, Confirming, Phase, Tries};
use super::{Core, Step};
use crate::node::{Asked, NO, PERSON, Rung, SlotKind, YES};
use crate::understand::{Choices, Verdict, decide, spoken_digits};

impl Asking {
    /// What the caller said.
    pub(super) fn understand(
        self,
        heard: &Heard,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        if matches!(self.phase, Phase::Confirming(_)) {
            let yes_no = core.flow.clone();
            return Err(self.chosen(heard, &yes_no.yes_no, None, core, now));
        }
        match asked {
            Asked::Ask(ask) => match &ask.kind {
                SlotKind::Digits { min, max, grammar } => {
                    self.digits_heard(heard, (*min, *max), grammar, asked, core, now)
                }
                SlotKind::YesNo(choices) | SlotKind::OneOf(choices) => {
                    Err(self.chosen(heard, choices, Some(asked), core, now))
                }
            },
            Asked::Menu(menu) => Err(self.chosen(heard, &menu.choices, Some(asked), core, now)),
        }
    }

    /// What the caller pressed.
    pub(super) fn press(self, key: char, asked: Asked<'_>, core: &mut Core, now: Instant) -> Result<Self, Step> {
        let flow = core.flow.clone();
        let choices = match (&self.phase, asked) {
            (Phase::Confirming(_), _) => &flow.yes_no,
            (Phase::Question, Asked::Menu(menu)) => &menu.choices,
            (Phase::Question, Asked::Ask(ask)) => match &ask.kind {
                SlotKind::Digits { min, max, .. } => return self.digit_pressed(key, (*min, *max), asked, core, now),
                SlotKind::YesNo(choices) | SlotKind::OneOf(choices) => choices,
            },
        };
        let Some(index) = choices.by_key(key) else { return Err(self.misunderstood(core, now)) };
        let answer = Answer { meaning: choices.list()[index].name.clone(), choice: Some(index), certainty: 100 };
        Err(self.take(answer, core, now))
    }

    /// Nothing came in time.
    pub(super) fn silent(mut self, core: &mut Core, now: Instant) -> Step {
        self.tries().silent += 1;
        let count = self.tries().silent;
        self.decided(TurnResult::NoInput, core);
        self.failed(count, true, core, now)
    }

    /// Something came, and it was not understood.
    pub(super) fn misunderstood(mut self, core: &mut Core, now: Instant) -> Step {
        self.tries().misunderstood += 1;
        let count = self.tries().misunderstood;
        self.decided(TurnResult::NoMatch, core);
        self.failed(count, false, core, now)
    }

    /// The time for a further digit is over.
    pub(super) fn no_more_digits(self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(Asked::Ask(ask)) = flow.nodes[self.node.0].asked() else { return Step::Person };
        let SlotKind::Digits { min, .. } = &ask.kind else { return Step::Person };
        let alone = self.collected.digits == "0" && self.collected.pressed;
        if self.collected.digits.len() >= *min {
            self.digits_complete(core, now)
        } else if alone {
            self.take(Answer { meaning: PERSON.to_owned(), choice: None, certainty: 100 }, core, now)
        } else {
            self.misunderstood(core, now)
        }
    }

    /// One of several choices was said.
    fn chosen(self, heard: &Heard, choices: &Choices, asked: Option<Asked<'_>>, core: &mut Core, now: Instant) -> Step {
        let nothing = std::collections::BTreeSet::new();
        let refused = if asked.is_some() { &self.refused } else { &nothing };
        let understood = choices.understand(heard, refused);
        let Some(index) = understood.best else { return self.misunderstood(core, now) };
        let answer = Answer {
            meaning: choices.list()[index].name.clone(),
            choice: Some(index),
            certainty: understood.certainty,
        };
        // Asking back about a yes or no confuses more than asking again.
        let asks_back = match asked {
            None => false,
            Some(Asked::Menu(_)) => true,
            Some(Asked::Ask(ask)) => !matches!(ask.kind, SlotKind::YesNo(_)) || answer.meaning == PERSON,
        };
        match decide(understood.certainty, understood.second) {
            Verdict::Accept => self.take(answer, core, now),
            Verdict::AskBack if asks_back => {
                let label = choices.list()[index].label.clone();
                let question = core.flow.sentence(core.flow.words.ask_back(&label));
                self.confirm(answer, vec![question], core, now)
            }
            Verdict::AskBack | Verdict::Refuse => self.misunderstood(core, now),
        }
    }

    fn digits_heard(
        mut self,
        heard: &Heard,
        (min, max): (usize, usize),
        grammar: &Choices,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        let spoken = spoken_digits(heard, core.flow.words);
        if spoken.digits.is_empty() {
            let only_person = [DIGITS.to_owned()].into();
            let understood = grammar.understand(heard, &only_person);
            return Err(match (decide(understood.certainty, understood.second), understood.best) {
                (Verdict::Accept | Verdict::AskBack, Some(_)) => self.take(
                    Answer { meaning: PERSON.to_owned(), choice: None, certainty: understood.certainty },
                    core,
                    now,
                ),
                _ if !self.collected.digits.is_empty() => return Ok(self.listen_on(asked, core, now)),
                _ => self.misunderstood(core, now),
            });
        }
        self.collected.digits.push_str(&spoken.digits);
        self.collected.certainty = Some(self.collected.certainty.unwrap_or(100).min(spoken.certainty));
        let count = self.collected.digits.len();
        if count > max {
            Err(self.misunderstood(core, now))
        } else if count == max && count >= min {
            Err(self.digits_complete(core, now))
        } else {
            Ok(self.listen_on(asked, core, now))
        }
    }

    fn digit_pressed(
        mut self,
        key: char,
        (min, max): (usize, usize),
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        if !self.collected.pressed {
            // Keys begin the number anew; half a number that was spoken is none.
            self.collected = Default::default();
            self.collected.pressed = true;
        }
        match key {
            '0'..='9' => self.collected.digits.push(key),
            '*' => self.collected.digits.clear(),
            '#' if self.collected.digits.len() >= min => return Err(self.digits_complete(core, now)),
            _ => return Err(self.misunderstood(core, now)),
        }
        if self.collected.digits.len() >= max {
            return Err(self.digits_complete(core, now));
        }
        Ok(self.listen_on(asked, core, now))
    }

    fn digits_complete(self, core: &mut Core, now: Instant) -> Step {
        let certainty: Certainty = self.collected.certainty.unwrap_or(100);
        let answer = Answer { meaning: self.collected.digits.clone(), choice: None, certainty };
        let declined = self.refused.contains(&answer.meaning) && !self.collected.pressed;
        let flow = core.flow.clone();
        let read_back = match flow.nodes[self.node.0].asked() {
            Some(Asked::Ask(ask)) => ask.read_back.is_some(),
            Some(Asked::Menu(_)) | None => false,
        };
        match decide(certainty, 0) {
            _ if declined => self.misunderstood(core, now),
            Verdict::Refuse => self.misunderstood(core, now),
            Verdict::AskBack if !read_back => {
                let question = core.flow.sentence(core.flow.words.read_back(&core.flow.words.spell(&answer.meaning)));
                let question = match question {
                    call_model::PromptPart::Say { text, language, .. } => {
                        call_model::PromptPart::Say { text, language, fixed: false }
                    }
                    other => other,
                };
                self.confirm(answer, vec![question], core, now)
            }
            Verdict::Accept | Verdict::AskBack => self.take(answer, core, now),
        }
    }

    /// An answer that counts, unless it is to be read back first.
    fn take(mut self, answer: Answer, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Step::Person };
        if answer.meaning == PERSON {
            self.leave(core);
            self.decided(accepted(&answer), core);
            return Step::Person;
        }
        if matches!(self.phase, Phase::Confirming(_)) {
            return self.confirmed(&answer, asked, core, now);
        }
        if let Asked::Ask(ask) = asked
            && let Some(line) = &ask.read_back
        {
            let before = core.memory.get(&ask.slot).cloned();
            core.memory.set(ask.slot.clone(), ask.value(&answer.meaning));
            let parts = core.parts(&[line]);
            match before {
                Some(value) => core.memory.set(ask.slot.clone(), value),
                None => core.memory.forget(&ask.slot),
            }
            return match parts {
                Ok(parts) => self.confirm(answer, parts, core, now),
                Err(reason) => Step::Broken(reason),
            };
        }
        self.leave(core);
        self.decided(accepted(&answer), core);
        finish(&answer, false, asked, core)
    }

    /// Asks whether it was understood right.
    fn confirm(mut self, answer: Answer, parts: Vec<call_model::PromptPart>, core: &mut Core, now: Instant) -> Step {
        let result = TurnResult::AskedBack { meaning: answer.meaning.clone(), certainty: answer.certainty };
        self.decided(result, core);
        core.keys.flush();
        self.phase = Phase::Confirming(Confirming { answer, parts, tries: Tries::default() });
        self.ask(Vec::new(), core, now)
    }

    /// The caller has said yes or no to it.
    fn confirmed(mut self, said: &Answer, asked: Asked<'_>, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        self.decided(accepted(said), core);
        let Phase::Confirming(confirming) = std::mem::replace(&mut self.phase, Phase::Question) else {
            return Step::Person;
        };
        if said.meaning == YES {
            if confirming.answer.meaning == PERSON {
                return Step::Person;
            }
            return finish(&confirming.answer, true, asked, core);
        }
        debug_assert_eq!(said.meaning, NO);
        self.refused.insert(confirming.answer.meaning);
        self.rejections += 1;
        if self.rejections >= MOST_REJECTIONS {
            return Step::Person;
        }
        if self.rejections > 1 && asked.has_keys() {
            self.tries.keys_only = true;
        }
        let sorry = core.flow.sentence(core.flow.words.sorry.to_owned());
        self.ask(vec![sorry], core, now)
    }

    /// What the flow says about a failure: ask again, or go somewhere else.
    fn failed(mut self, count: u32, silent: bool, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        core.keys.flush();
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Step::Person };
        let rungs = if silent { &asked.question().silent } else { &asked.question().misunderstood };
        let index = usize::try_from(count - 1).unwrap_or(usize::MAX);
        let Some(rung) = rungs.get(index) else { return Step::Person };
        let (line, keys_only) = match rung {
            Rung::Goto(to) => return Step::Goto(*to),
            Rung::Say { line, keys_only } => (line, *keys_only),
        };
        let mut before = match core.parts(&line.iter().collect::<Vec<_>>()) {
            Ok(parts) => parts,
            Err(reason) => return Step::Broken(reason),
        };
        let confirming = matches!(self.phase, Phase::Confirming(_));
        if keys_only && (confirming || asked.has_keys()) {
            self.tries().keys_only = true;
        }
        if confirming && let Phase::Confirming(confirming) = &self.phase {
            // The hint comes last, after the question: it tells how to answer.
            before.extend(confirming.parts.iter().cloned());
            before.push(core.flow.sentence(core.flow.words.yes_no_hint.to_owned()));
            return self.ask_as(before, core, now);
        }
        self.ask(before, core, now)
    }

    fn decided(&self, result: TurnResult, core: &mut Core) {
        let node = core.flow.nodes[self.node.0].name.clone();
        core.event(CallEvent::TurnDecided { node, result });
    }
}

fn accepted(answer: &Answer) -> TurnResult {
    TurnResult::Accepted { meaning: answer.meaning.clone(), certainty: answer.certainty }
}

/// The node takes the answer.
fn finish(answer: &Answer, confirmed: bool, asked: Asked<'_>, core: &mut Core) -> Step {
    match (asked, answer.choice) {
        (Asked::Menu(menu), Some(index)) => menu.chosen(index, answer.certainty, core),
        (Asked::Ask(_), _) => core.flow.clone().nodes[core.node().0].answered(&answer.meaning, confirmed, core),
        (Asked::Menu(_), None) => Step::Person,
    }
}

/// The name of the digits in their own grammar.
const DIGITS: &str = "digits";
/// Who declines three times needs a person.
const MOST_REJECTIONS: u32 = 3;
