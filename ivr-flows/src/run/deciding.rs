//! What one answer means.

use std::collections::BTreeSet;
use std::time::Instant;

use call_model::{Certainty, Heard, PromptPart, TurnResult};

use super::phase::{Answer, Confirming, Phase, Tries};
use super::{Asking, Core, Step};
use crate::node::{Asked, CERTAIN, Confirm, NO, PERSON, Slot, YES};
use crate::understand::{Choices, Verdict};

impl Asking {
    /// What the caller said.
    pub(super) fn understand(
        self,
        heard: &Heard,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        let flow = core.flow.clone();
        match (&self.phase, asked) {
            (Phase::Confirming(_), _) => {
                let yes_no = self.yes_no(asked, &flow);
                Err(self.confirmation_heard(heard, yes_no, asked, core, now))
            }
            (Phase::Together(_), Asked::Form(form)) => Err(self.together_heard(heard, form, core, now)),
            (Phase::Opening | Phase::Changing(_), Asked::Form(form)) => {
                Err(self.sentence_heard(heard, form, core, now))
            }
            (Phase::Item(index), Asked::Form(form)) => {
                let Some(slot) = form.slots.get(*index) else { return Err(Step::Person) };
                match (slot.kind.keyed().filter(|keyed| keyed.in_turns), slot.kind.choices()) {
                    (Some(keyed), _) => self.string_heard(heard, slot, keyed, asked, core, now),
                    (None, Some(choices)) if form.slots.len() == 1 => {
                        Err(self.chosen(heard, choices, asked, core, now))
                    }
                    (None, None) if slot.kind.is_free() => Err(self.free_heard(heard, slot, asked, core, now)),
                    (None, _) => Err(self.sentence_heard(heard, form, core, now)),
                }
            }
            (_, Asked::Menu(menu)) => Err(self.chosen(heard, &menu.choices, asked, core, now)),
        }
    }

    /// What the caller pressed.
    pub(super) fn press(mut self, key: char, asked: Asked<'_>, core: &mut Core, now: Instant) -> Result<Self, Step> {
        let flow = core.flow.clone();
        let choices = match (&self.phase, asked) {
            (Phase::Confirming(_) | Phase::Together(_), _) => self.yes_no(asked, &flow),
            (_, Asked::Menu(menu)) => &menu.choices,
            (Phase::Item(index), Asked::Form(form)) => {
                let Some(slot) = form.slots.get(*index) else { return Err(Step::Person) };
                match (slot.kind.keyed(), slot.kind.choices()) {
                    (Some(keyed), _) => return self.string_pressed(key, keyed, asked, core, now),
                    (None, Some(choices)) => choices,
                    (None, None) => slot.kind.grammar(),
                }
            }
            (Phase::Opening, Asked::Form(form)) if form.asides.by_key(key).is_none() => {
                // Who answers an open question by keys begins with the first slot.
                let first = (0..form.slots.len()).find(|index| self.is_open(*index, form, core));
                self.phase = Phase::Item(first.unwrap_or_default());
                return self.press(key, asked, core, now);
            }
            (Phase::Opening | Phase::Changing(_), Asked::Form(form)) => &form.asides,
        };
        let Some(index) = choices.by_key(key) else { return Err(self.misunderstood(core, now)) };
        let answer = Answer { meaning: choices.list()[index].name.clone(), choice: Some(index), certainty: CERTAIN };
        core.answered_by_key();
        if !matches!(self.phase, Phase::Confirming(_)) {
            self.said = None;
        }
        Err(self.take(answer, Vec::new(), Verdict::Accept, core, now))
    }

    /// Something was said in the caller's own words.
    fn free_heard(self, heard: &Heard, slot: &Slot, asked: Asked<'_>, core: &mut Core, now: Instant) -> Step {
        if let Some(answer) = self.else_heard(heard, slot.kind.grammar(), asked) {
            return self.take(answer, Vec::new(), Verdict::Accept, core, now);
        }
        let said = heard.free.as_deref().unwrap_or(&heard.text);
        let Some(found) = slot.kind.find(said, true, core.flow.words, None).into_iter().next() else {
            return self.misunderstood(core, now);
        };
        core.answered_by_speech(heard, IN_OWN_WORDS, self.sensitive);
        let answer = Answer { meaning: found.meaning, choice: None, certainty: IN_OWN_WORDS };
        self.take(answer, Vec::new(), Verdict::Accept, core, now)
    }

    /// One of several choices was said.
    pub(super) fn chosen(
        mut self,
        heard: &Heard,
        choices: &Choices,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        let (mut passed, _) = self.courtesies(choices, asked);
        if let Some(item) = self.item().and_then(|item| self.items.get(item)) {
            passed.extend(item.refused.iter().cloned());
        }
        let mut passed: BTreeSet<String> = passed.into_iter().collect();
        let understood = choices.understand(heard, &passed);
        if let Some(courtesy) = self.courtesy(heard, choices, understood.certainty, asked) {
            return self.take(courtesy, Vec::new(), Verdict::Accept, core, now);
        }
        let Some(index) = understood.best else { return self.misunderstood(core, now) };
        if let Asked::Menu(menu) = asked {
            self.said = heard.free.clone().filter(|_| menu.choices.is_open());
        }
        let name = choices.list()[index].name.clone();
        let answer = Answer { meaning: name.clone(), choice: Some(index), certainty: understood.certainty };
        passed.insert(name);
        let second = choices.understand(heard, &passed);
        let thresholds = self.manner(asked).thresholds;
        let others = second.best.filter(|_| second.certainty >= thresholds.confirm).map(|index| Answer {
            meaning: choices.list()[index].name.clone(),
            choice: Some(index),
            certainty: second.certainty,
        });
        let verdict = thresholds.decide(understood.certainty, understood.second);
        core.answered_by_speech(heard, understood.certainty, self.sensitive);
        self.take(answer, others.into_iter().collect(), verdict, core, now)
    }

    /// Yes or no was said to an understanding, or the right answer.
    fn confirmation_heard(
        mut self,
        heard: &Heard,
        yes_no: &Choices,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        if let Asked::Form(form) = asked
            && let Phase::Confirming(confirming) = &self.phase
        {
            let (item, declined) = (confirming.item, confirming.answer.meaning.clone());
            let spoken = self.sentence(heard, form, Some(item), core, now);
            let instead = spoken.values.iter().any(|(slot, meaning, _)| *slot == item && *meaning != declined);
            if instead {
                self.leave(core);
                self.refuse(item, declined);
                self.phase = Phase::Item(item);
                return self.fill_in(spoken, form, core, now);
            }
        }
        let (courtesies, _) = self.courtesies(yes_no, asked);
        let understood = yes_no.understand(heard, &courtesies.into_iter().collect());
        if let Some(courtesy) = self.courtesy(heard, yes_no, understood.certainty, asked) {
            return self.take(courtesy, Vec::new(), Verdict::Accept, core, now);
        }
        let verdict = self.manner(asked).thresholds.decide(understood.certainty, understood.second);
        // Asking back about a yes or no confuses more than asking again.
        match (understood.best, verdict) {
            (Some(index), Verdict::Accept) => {
                let meaning = yes_no.list()[index].name.clone();
                let answer = Answer { meaning, choice: Some(index), certainty: understood.certainty };
                self.take(answer, Vec::new(), verdict, core, now)
            }
            _ => self.misunderstood(core, now),
        }
    }

    /// Takes an answer: it counts, it is confirmed first, or it asks for something in the middle of the question.
    pub(super) fn take(
        mut self,
        answer: Answer,
        others: Vec<Answer>,
        verdict: Verdict,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        if verdict == Verdict::Refuse || (verdict == Verdict::AskBack && self.lenient) {
            return self.misunderstood(core, now);
        }
        self.lenient = false;
        if answer.meaning == PERSON && verdict == Verdict::Accept {
            self.leave(core);
            self.decided(accepted(&answer), core);
            return Step::Person;
        }
        let aside = answer.choice.and_then(|_| self.aside_named(&answer.meaning, asked));
        if let Some(aside) = aside {
            return if verdict == Verdict::Accept {
                self.do_aside(&answer, aside, core, now)
            } else {
                self.misunderstood(core, now)
            };
        }
        self.held = None;
        match (&self.phase, asked) {
            (Phase::Confirming(_), _) => self.confirmed(&answer, asked, core, now),
            (Phase::Together(_), Asked::Form(form)) => self.together_answered(&answer, form, core, now),
            (Phase::Item(item), _) => {
                let item = *item;
                self.take_for(item, answer, others, verdict, core, now)
            }
            (Phase::Opening | Phase::Changing(_) | Phase::Together(_), _) => self.misunderstood(core, now),
        }
    }

    /// Takes an answer for an item.
    fn take_for(
        mut self,
        item: usize,
        answer: Answer,
        others: Vec<Answer>,
        verdict: Verdict,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        let slot = asked.slot(item);
        let confirm = if answer.meaning == PERSON {
            Confirm::WhenUnsure
        } else {
            slot.map_or(Confirm::WhenUnsure, |slot| slot.confirm)
        };
        let confirms = match confirm {
            Confirm::Always => true,
            Confirm::WhenUnsure => verdict == Verdict::AskBack,
            Confirm::Never => false,
        };
        if confirms {
            let vague = slot.is_some_and(|slot| slot.kind.is_yes_no() && slot.confirm != Confirm::Always);
            if vague && answer.meaning != PERSON {
                return self.misunderstood(core, now);
            }
            return self.confirm(item, answer, others, core, now);
        }
        self.leave(core);
        core.conceal(slot, &answer.meaning);
        self.decided(accepted(&answer), core);
        match asked {
            Asked::Menu(menu) => match answer.choice {
                Some(index) => self.choose(menu, index, answer.certainty, core),
                None => Step::Person,
            },
            Asked::Form(form) => {
                self.give(item, answer, false, form, core);
                self.next(Vec::new(), core, now)
            }
        }
    }

    /// Asks whether it was understood right.
    pub(super) fn confirm(
        mut self,
        item: usize,
        answer: Answer,
        others: Vec<Answer>,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        core.conceal(asked.slot(item), &answer.meaning);
        let parts = match self.confirming_parts(item, &answer, asked, core) {
            Ok(parts) => parts,
            Err(reason) => return Step::Broken(reason),
        };
        let result = TurnResult::AskedBack { meaning: answer.meaning.clone(), certainty: answer.certainty };
        self.decided(result, core);
        core.keys.flush();
        self.phase = Phase::Confirming(Confirming { item, answer, others, parts, tries: Tries::default() });
        self.ask(Vec::new(), core, now)
    }

    /// The question whether an answer was understood right.
    fn confirming_parts(
        &self,
        item: usize,
        answer: &Answer,
        asked: Asked<'_>,
        core: &mut Core,
    ) -> Result<Vec<PromptPart>, String> {
        let flow = core.flow.clone();
        let slot = asked.slot(item).filter(|_| answer.meaning != PERSON);
        if let Some(slot) = slot
            && let Some(line) = &slot.read_back
        {
            return core.with_value(&slot.name, slot.value(&answer.meaning), |core| core.parts(&[line]));
        }
        let label = asked.choices(item).and_then(|choices| choices.list().iter().find(|c| c.name == answer.meaning));
        let fixed = label.map(|choice| flow.sentence(flow.words.ask_back(&choice.label)));
        Ok(vec![match (fixed, slot) {
            (Some(sentence), _) => sentence,
            (None, Some(slot)) => flow.varying(flow.words.read_back(&slot.spoken(&answer.meaning, flow.words))),
            (None, None) => flow.sentence(flow.words.ask_back(flow.words.person_label)),
        }])
    }

    /// The caller has said yes or no to it.
    fn confirmed(mut self, said: &Answer, asked: Asked<'_>, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        self.decided(accepted(said), core);
        let before = std::mem::replace(&mut self.phase, Phase::Opening);
        let Phase::Confirming(Confirming { item, answer, mut others, .. }) = before else { return Step::Person };
        self.phase = Phase::Item(item);
        if said.meaning == YES {
            return match asked {
                _ if answer.meaning == PERSON => Step::Person,
                Asked::Menu(menu) => match answer.choice {
                    Some(index) => self.choose(menu, index, answer.certainty, core),
                    None => Step::Person,
                },
                Asked::Form(form) => {
                    self.give(item, answer, true, form, core);
                    self.next(Vec::new(), core, now)
                }
            };
        }
        debug_assert_eq!(said.meaning, NO);
        let filled = self.items[item].given.as_ref().is_some_and(|given| !given.pending);
        self.refuse(item, answer.meaning);
        if self.items[item].rejections >= MOST_REJECTIONS {
            return Step::Person;
        }
        if !others.is_empty() {
            let second = others.remove(0);
            return self.confirm(item, second, others, core, now);
        }
        if self.items[item].rejections > 1 && asked.has_keys(item) {
            self.items[item].tries.keys_only = true;
        }
        let sorry = core.flow.sentence(core.flow.words.sorry.to_owned());
        if filled && let Asked::Form(form) = asked {
            self.take_back(item, form, core);
        }
        self.ask(vec![sorry], core, now)
    }
}

pub(super) fn accepted(answer: &Answer) -> TurnResult {
    TurnResult::Accepted { meaning: answer.meaning.clone(), certainty: answer.certainty }
}

/// Who declines three times needs a person.
pub(super) const MOST_REJECTIONS: u32 = 3;
/// Our certainty of what was said in the caller's own words: whatever it is, it is what was heard.
const IN_OWN_WORDS: Certainty = 90;
