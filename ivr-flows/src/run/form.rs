//! Filling several slots: which is asked for next, what a sentence fills, and what is corrected.

use std::time::Instant;

use call_model::{Heard, PromptPart, TurnResult};

use super::deciding::{MOST_REJECTIONS, accepted};
use super::phase::{Answer, Given, Phase, Together, Tries};
use super::{Asking, Core, Step};
use crate::node::{Asked, Confirm, Form, Slot, YES};
use crate::text::tokens;
use crate::understand::{Sentence, SlotView, Spoken, Spotted, Verdict};

impl Asking {
    /// The first question of a node.
    pub(super) fn first(mut self, asked: Asked<'_>, core: &mut Core, now: Instant) -> Step {
        match asked {
            Asked::Form(form) if self.take_carried(form, core, now) => self.next(Vec::new(), core, now),
            Asked::Form(form) if form.opening.is_none() => self.next(Vec::new(), core, now),
            Asked::Form(_) => self.ask(Vec::new(), core, now),
            Asked::Menu(_) => {
                self.phase = Phase::Item(0);
                self.ask(Vec::new(), core, now)
            }
        }
    }

    /// Whether a slot is to be asked for.
    pub(super) fn is_open(&self, index: usize, form: &Form, core: &Core) -> bool {
        self.items.get(index).is_some_and(|item| item.given.is_none()) && form.wants(index, core)
    }

    /// Goes on with the first thing that is missing: a yes to a value, a value, a yes to all values.
    pub(super) fn next(mut self, before: Vec<PromptPart>, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(Asked::Form(form)) = live.asked(&flow, self.node) else { return Step::Person };
        self.forget_unwanted(form, core);
        let pending = self.items.iter().zip(&form.slots).position(|(item, slot)| {
            let must = |given: &Given| given.pending || self.one_by_one && !given.confirmed && slot.can_be_read_back();
            item.given.as_ref().is_some_and(must)
        });
        if let Some(index) = pending
            && let Some(given) = &self.items[index].given
        {
            let answer = given.answer.clone();
            return self.confirm(index, answer, Vec::new(), core, now);
        }
        if let Some(index) = (0..form.slots.len()).find(|index| self.is_open(*index, form, core)) {
            self.phase = Phase::Item(index);
            return self.ask(before, core, now);
        }
        if self.must_read_back(form) {
            return self.read_back(before, form, core, now);
        }
        self.leave(core);
        self.done(core)
    }

    /// Every slot is filled.
    fn done(&self, core: &mut Core) -> Step {
        let flow = core.flow.clone();
        let first = self.items.first().and_then(|item| item.given.as_ref());
        flow.nodes[self.node.0].filled(first.map(|given| given.answer.meaning.as_str()), core)
    }

    /// What was said where any slot may be filled.
    pub(super) fn sentence_heard(self, heard: &Heard, form: &Form, core: &mut Core, now: Instant) -> Step {
        let current = match &self.phase {
            Phase::Item(index) => Some(*index),
            Phase::Opening | Phase::Confirming(_) | Phase::Together(_) | Phase::Changing(_) => None,
        };
        let spoken = self.sentence(heard, form, current, core, now);
        let asked = Asked::Form(form);
        if spoken.values.is_empty() && spoken.denied.is_empty() {
            let (courtesies, _) = self.courtesies(&form.asides, asked);
            let understood = form.asides.understand(heard, &courtesies.into_iter().collect());
            let aside = self.courtesy(heard, &form.asides, understood.certainty, asked).or_else(|| {
                let verdict = self.manner(asked).thresholds.decide(understood.certainty, understood.second);
                let index = understood.best.filter(|_| verdict == Verdict::Accept)?;
                let meaning = form.asides.list()[index].name.clone();
                Some(Answer { meaning, choice: Some(index), certainty: understood.certainty })
            });
            if let Some(aside) = aside {
                return self.take(aside, Vec::new(), Verdict::Accept, core, now);
            }
            if let (Phase::Changing(_), Some(named)) = (&self.phase, spoken.named) {
                return self.change(named, form, core, now);
            }
            let slot = current.and_then(|index| form.slots.get(index));
            return match slot.and_then(|slot| slot.kind.choices()) {
                Some(choices) => self.chosen(heard, choices, asked, core, now),
                None => self.not_taken(heard, slot, core, now),
            };
        }
        core.answered_by_speech(heard, least_certain(&spoken), self.sensitive);
        self.fill_in(spoken, form, core, now)
    }

    /// Nothing was said that can be taken; the caller is told why, where that is known.
    fn not_taken(mut self, heard: &Heard, slot: Option<&Slot>, core: &mut Core, now: Instant) -> Step {
        let words = core.flow.words;
        let text = Sentence::of(heard).text();
        let refusal = slot.and_then(|slot| slot.kind.refusal(&text, words, core.local(now)));
        self.reason = refusal.map(|refusal| refusal.spoken(words));
        self.misunderstood(core, now)
    }

    /// What was said when all values were read back.
    pub(super) fn together_heard(self, heard: &Heard, form: &Form, core: &mut Core, now: Instant) -> Step {
        let spoken = self.sentence(heard, form, None, core, now);
        if self.changes(&spoken) {
            core.answered_by_speech(heard, least_certain(&spoken), self.sensitive);
            return self.fill_in(spoken, form, core, now);
        }
        let flow = core.flow.clone();
        let yes_no = self.yes_no(Asked::Form(form), &flow);
        let (courtesies, _) = self.courtesies(yes_no, Asked::Form(form));
        let understood = yes_no.understand(heard, &courtesies.into_iter().collect());
        if let Some(courtesy) = self.courtesy(heard, yes_no, understood.certainty, Asked::Form(form)) {
            return self.take(courtesy, Vec::new(), Verdict::Accept, core, now);
        }
        let verdict = form.manner.thresholds.decide(understood.certainty, understood.second);
        match (understood.best, verdict, spoken.named) {
            (Some(index), Verdict::Accept, _) => {
                let meaning = yes_no.list()[index].name.clone();
                let answer = Answer { meaning, choice: Some(index), certainty: understood.certainty };
                self.take(answer, Vec::new(), verdict, core, now)
            }
            (_, _, Some(named)) => self.change(named, form, core, now),
            _ => self.misunderstood(core, now),
        }
    }

    /// Yes or no to all values.
    pub(super) fn together_answered(mut self, said: &Answer, form: &Form, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        self.decided(accepted(said), core);
        if said.meaning == YES {
            for (item, slot) in self.items.iter_mut().zip(&form.slots) {
                if let Some(given) = &mut item.given {
                    given.confirmed = true;
                    core.confirm(&slot.name);
                }
            }
            return self.done(core);
        }
        let filled: Vec<usize> = (0..self.items.len()).filter(|item| self.items[*item].given.is_some()).collect();
        if let [only] = filled.as_slice() {
            return self.change(*only, form, core, now);
        }
        let by_key = self.keys_only(Asked::Form(form)) || core.memory.last_by_key();
        if by_key {
            self.one_by_one = true;
            self.unconfirm();
            return self.next(Vec::new(), core, now);
        }
        self.unconfirm();
        self.phase = Phase::Changing(Tries::default());
        let sorry = core.flow.sentence(core.flow.words.sorry.to_owned());
        self.ask(vec![sorry], core, now)
    }

    /// What a sentence says about the slots.
    pub(super) fn sentence(
        &self,
        heard: &Heard,
        form: &Form,
        current: Option<usize>,
        core: &Core,
        now: Instant,
    ) -> Spoken {
        let sentence = Sentence::of(heard);
        let (words, local) = (core.flow.words, core.local(now));
        let given = |text: &str| {
            let count = tokens(text).len();
            form.slots.iter().zip(&self.items).any(|(slot, item)| {
                item.given.as_ref().is_some_and(|given| {
                    let found = slot.kind.find(text, false, words, local);
                    found.iter().any(|found| found.meaning == given.answer.meaning && found.span.1 == count)
                })
            })
        };
        let parts = sentence.parts(&sentence.taken_back(core.flow.turns, given));
        let find = |slot: &Slot, asked: bool| {
            let found = parts.iter().flat_map(|(start, text)| {
                let found = slot.kind.find(text, asked, words, local).into_iter();
                found.map(move |found| Spotted { span: (found.span.0 + start, found.span.1 + start), ..found })
            });
            found.collect()
        };
        let mut views: Vec<SlotView<'_>> = form
            .slots
            .iter()
            .zip(&self.items)
            .enumerate()
            .map(|(index, (slot, item))| SlotView {
                found: if slot.sensitive && current != Some(index) {
                    Vec::new()
                } else {
                    find(slot, current == Some(index))
                },
                patterns: &slot.patterns,
                wanted: form.wants(index, core),
                given: item.given.as_ref().map(|given| (given.answer.meaning.as_str(), given.filling)),
                refused: &item.refused,
                label: &slot.label,
                holds: slot.kind.holds(),
            })
            .collect();
        let mut spoken = sentence.fill(&views, current, words, core.flow.turns);
        // "Yes, and its number is four one two": what is said first may want what is said then.
        while want_more(&mut views, &spoken, form, core) {
            spoken = sentence.fill(&views, current, words, core.flow.turns);
        }
        spoken
    }

    /// Puts what a sentence said into the slots and goes on.
    pub(super) fn fill_in(mut self, spoken: Spoken, form: &Form, core: &mut Core, now: Instant) -> Step {
        let thresholds = self.manner(Asked::Form(form)).thresholds;
        let taken: Vec<&(usize, String, u8)> = spoken
            .values
            .iter()
            .filter(|(_, _, certainty)| thresholds.decide(*certainty, 0) != Verdict::Refuse)
            .collect();
        if taken.is_empty() && spoken.denied.is_empty() {
            return self.misunderstood(core, now);
        }
        self.lenient = false;
        self.held = None;
        self.leave(core);
        for (slot, meaning) in &spoken.denied {
            self.items[*slot].refused.insert(meaning.clone());
            if self.holds(*slot, meaning) {
                self.take_back(*slot, form, core);
            }
        }
        let mut told = Vec::new();
        for (slot, meaning, certainty) in taken {
            let Some(asked) = form.slots.get(*slot) else { continue };
            core.conceal(Some(asked), meaning);
            if let Some(before) = self.items[*slot].given.take()
                && before.answer.meaning != *meaning
                && spoken.corrects
            {
                self.items[*slot].refused.insert(before.answer.meaning);
            }
            let verdict = thresholds.decide(*certainty, 0);
            let pending = match asked.confirm {
                Confirm::Always => true,
                Confirm::WhenUnsure => verdict == Verdict::AskBack,
                Confirm::Never => false,
            };
            told.push(if form.slots.len() > 1 { format!("{}: {meaning}", asked.name) } else { meaning.clone() });
            let answer = Answer { meaning: meaning.clone(), choice: None, certainty: *certainty };
            if pending {
                self.fillings += 1;
                self.items[*slot].given =
                    Some(Given { answer, confirmed: false, pending: true, filling: self.fillings });
            } else {
                self.give(*slot, answer, false, form, core);
            }
        }
        if told.is_empty() {
            told.extend(
                spoken.denied.iter().map(|(slot, meaning)| format!("{}: not {meaning}", form.slots[*slot].name)),
            );
        }
        self.decided(TurnResult::Accepted { meaning: told.join(", "), certainty: least_certain(&spoken) }, core);
        self.corrected(&spoken, core, now)
    }

    /// Goes on after a sentence, unless too much was corrected.
    fn corrected(mut self, spoken: &Spoken, core: &mut Core, now: Instant) -> Step {
        let refused: usize = self.items.iter().map(|item| item.refused.len()).sum();
        if spoken.corrects && refused > MOST_CORRECTIONS {
            return Step::Person;
        }
        if !matches!(self.phase, Phase::Item(_)) {
            self.phase = Phase::Opening;
        }
        self.next(Vec::new(), core, now)
    }

    /// A slot holds a value from now on.
    pub(super) fn give(&mut self, item: usize, answer: Answer, confirmed: bool, form: &Form, core: &mut Core) {
        let Some(slot) = form.slots.get(item) else { return };
        self.fillings += 1;
        core.fill_slot(slot, &answer.meaning, confirmed);
        self.items[item].given = Some(Given { answer, confirmed, pending: false, filling: self.fillings });
    }

    /// The caller declined a value.
    pub(super) fn refuse(&mut self, item: usize, meaning: String) {
        let Some(item) = self.items.get_mut(item) else { return };
        item.refused.insert(meaning);
        item.rejections += 1;
        item.given = None;
    }

    /// A slot holds nothing any more.
    pub(super) fn take_back(&mut self, item: usize, form: &Form, core: &mut Core) {
        self.items[item].given = None;
        if let Some(slot) = form.slots.get(item) {
            core.unfill(&slot.name);
        }
    }

    /// Goes back to the question before.
    pub(super) fn back(mut self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        if let Phase::Confirming(confirming) = &self.phase {
            self.phase = Phase::Item(confirming.item);
            return self.ask(Vec::new(), core, now);
        }
        let given = |item: &super::phase::Item| item.given.as_ref().map(|given| given.filling);
        let latest = (0..self.items.len()).filter(|item| given(&self.items[*item]).is_some());
        if let (Some(item), Asked::Form(form)) = (latest.max_by_key(|item| given(&self.items[*item])), asked) {
            self.take_back(item, form, core);
            self.phase = Phase::Item(item);
            return self.ask(Vec::new(), core, now);
        }
        match core.asked_before(self.node) {
            Some(node) => Step::Goto(node),
            None => self.ask(Vec::new(), core, now),
        }
    }

    /// One value is wrong: it is asked for again.
    fn change(mut self, item: usize, form: &Form, core: &mut Core, now: Instant) -> Step {
        self.leave(core);
        if let Some(given) = self.items[item].given.take() {
            self.refuse(item, given.answer.meaning);
        }
        if self.items[item].rejections >= MOST_REJECTIONS {
            return Step::Person;
        }
        self.take_back(item, form, core);
        self.phase = Phase::Item(item);
        let sorry = core.flow.sentence(core.flow.words.sorry.to_owned());
        self.ask(vec![sorry], core, now)
    }

    /// Values whose condition holds no more are forgotten.
    fn forget_unwanted(&mut self, form: &Form, core: &mut Core) {
        while let Some(item) =
            (0..self.items.len()).find(|item| self.items[*item].given.is_some() && !form.wants(*item, core))
        {
            self.take_back(item, form, core);
        }
    }

    fn must_read_back(&self, form: &Form) -> bool {
        let told = |slot: &Slot| form.whole.read_back.is_some() || slot.can_be_read_back();
        let items = || self.items.iter().zip(&form.slots).filter(|(_, slot)| told(slot));
        let given = || items().filter_map(|(item, _)| item.given.as_ref());
        let unconfirmed = given().any(|given| !given.confirmed);
        let thresholds = form.manner.thresholds;
        let unsure =
            given().any(|given| !given.confirmed && thresholds.decide(given.answer.certainty, 0) != Verdict::Accept);
        match form.whole.confirm {
            Confirm::Always => unconfirmed,
            Confirm::WhenUnsure => unsure,
            Confirm::Never => false,
        }
    }

    /// Reads all values back.
    fn read_back(mut self, before: Vec<PromptPart>, form: &Form, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let parts = match &form.whole.read_back {
            Some(line) => core.parts(&[line]),
            None => {
                let given = form.slots.iter().zip(&self.items);
                let values: Vec<(String, String)> = given
                    .filter(|(slot, _)| slot.can_be_read_back())
                    .filter_map(|(slot, item)| {
                        let given = item.given.as_ref()?;
                        Some((slot.label.clone(), slot.spoken(&given.answer.meaning, flow.words)))
                    })
                    .collect();
                Ok(vec![flow.varying(flow.turns.list(&values)), flow.sentence(flow.turns.is_that_right.to_owned())])
            }
        };
        match parts {
            Ok(parts) => {
                core.keys.flush();
                self.phase = Phase::Together(Together { parts, tries: Tries::default() });
                self.ask(before, core, now)
            }
            Err(reason) => Step::Broken(reason),
        }
    }

    fn unconfirm(&mut self) {
        for given in self.items.iter_mut().filter_map(|item| item.given.as_mut()) {
            given.confirmed = false;
        }
    }

    fn holds(&self, item: usize, meaning: &str) -> bool {
        self.items[item].given.as_ref().is_some_and(|given| given.answer.meaning == meaning)
    }

    /// Whether a sentence says something else than what is known.
    fn changes(&self, spoken: &Spoken) -> bool {
        spoken.values.iter().any(|(item, meaning, _)| !self.holds(*item, meaning)) || !spoken.denied.is_empty()
    }
}

/// Marks the slots that are asked for once a sentence has filled others, and tells whether there are any.
fn want_more(views: &mut [SlotView<'_>], spoken: &Spoken, form: &Form, core: &Core) -> bool {
    if views.iter().all(|view| view.wanted) || spoken.values.is_empty() {
        return false;
    }
    let mut known = core.memory.conditions().clone();
    let said = spoken.values.iter().filter_map(|(slot, meaning, _)| Some((form.slots.get(*slot)?, meaning)));
    known.extend(said.map(|(slot, meaning)| (slot.name.clone(), slot.value(meaning))));
    let mut more = false;
    for (index, view) in views.iter_mut().enumerate().filter(|(_, view)| !view.wanted) {
        view.wanted = form.wants_knowing(index, &known);
        more |= view.wanted;
    }
    more
}

fn least_certain(spoken: &Spoken) -> u8 {
    spoken.values.iter().map(|(_, _, certainty)| *certainty).min().unwrap_or(100)
}

/// Who corrects more often in one form needs a person.
const MOST_CORRECTIONS: usize = 8;
