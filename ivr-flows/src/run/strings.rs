//! Strings of digits: pressed key by key, or spoken in one turn or several.

use std::time::Instant;

use call_model::{Certainty, Heard};

use super::phase::{Answer, Collected, DISPUTED};
use super::{Asking, Core, Step};
use crate::language::KeyedDates;
use crate::node::{Asked, CERTAIN, Keyed, PERSON, Slot, VALUES};
use crate::understand::{Choices, Found, Refusal, Sentence, SlotType, Verdict, spoken_digits};
use crate::value::Value;

impl Asking {
    /// Digits were said, or something else.
    pub(super) fn string_heard(
        mut self,
        heard: &Heard,
        slot: &Slot,
        keyed: Keyed,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        let (digits, certainty) = self.spoken(heard, slot, core, now);
        if digits.is_empty() {
            return self.no_string_heard(heard, slot.kind.grammar(), asked, core, now);
        }
        let instead = heard.heard_without_synonyms().map(|heard| self.spoken(&heard, slot, core, now));
        self.held = None;
        self.collected.add((&digits, certainty), instead);
        core.answered_by_speech(heard, self.collected.certainty.unwrap_or(certainty), self.sensitive);
        let fits = |(digits, _): (&str, Certainty)| self.value_of(digits, slot, core, now).is_ok();
        let whole = matches!(slot.kind.of, SlotType::Phone(_)) && self.collected.readings().any(fits);
        if whole || self.collected.readings().any(|(digits, _)| digits.len() >= keyed.max) {
            Err(self.string_complete(core, now))
        } else {
            Ok(self.listen_on(asked, core, now))
        }
    }

    /// What was said of the string, and our certainty of it.
    fn spoken(&self, heard: &Heard, slot: &Slot, core: &Core, now: Instant) -> (String, Certainty) {
        let words = core.flow.words;
        let sentence = Sentence::of(heard);
        if self.collected.digits.is_empty()
            && !matches!(slot.kind.of, SlotType::Digits(_))
            && let Some(found) = slot.kind.find(&sentence.text(), true, words, core.local(now)).into_iter().next()
        {
            let certainty = sentence.certainty_of_string(&[found.span], found.loss);
            return (found.meaning, certainty);
        }
        let mut pieces = match &slot.kind.of {
            of @ SlotType::Digits(_) => of.find(&sentence.text(), words, None),
            _ => Vec::new(),
        };
        pieces.sort_by_key(|found| (found.span.0, found.certainty_loss));
        pieces.dedup_by_key(|found| found.span.0);
        let loss =
            pieces.iter().max_by_key(|found| found.span.1 - found.span.0).map_or(0, |found| found.certainty_loss);
        let digits: String = pieces.iter().map(|found| found.value.raw()).collect();
        let one_by_one = spoken_digits(heard, words);
        if let Some(meant) = self.only_fitting(&pieces, &one_by_one.digits, slot) {
            return (meant.value.raw(), sentence.certainty_of_string(&[meant.span], meant.certainty_loss));
        }
        if digits.len() <= one_by_one.digits.len() {
            return (one_by_one.digits, one_by_one.certainty);
        }
        let spans: Vec<(usize, usize)> = pieces.iter().map(|found| found.span).collect();
        (digits, sentence.certainty_of_string(&spans, loss))
    }

    /// The one piece that can be the whole string by itself, where all that was said together cannot: "one moment ...
    /// one two three four".
    fn only_fitting<'p>(&self, pieces: &'p [Found], whole: &str, slot: &Slot) -> Option<&'p Found> {
        let fits = |value: &Value| slot.kind.of.check(value, None).is_ok();
        if !self.collected.digits.is_empty() || pieces.len() < 2 || fits(&Value::Digits(whole.to_owned())) {
            return None;
        }
        let mut fitting = pieces.iter().filter(|piece| fits(&piece.value));
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Something else was said where a string was asked for.
    fn no_string_heard(
        self,
        heard: &Heard,
        grammar: &Choices,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        match self.else_heard(heard, grammar, asked) {
            Some(answer) => Err(self.take(answer, Vec::new(), Verdict::Accept, core, now)),
            None if !self.collected.digits.is_empty() => Ok(self.listen_on(asked, core, now)),
            None => Err(self.misunderstood(core, now)),
        }
    }

    /// What was said besides values: a person, or something in the middle of the question.
    pub(super) fn else_heard(&self, heard: &Heard, grammar: &Choices, asked: Asked<'_>) -> Option<Answer> {
        let (courtesies, _) = self.courtesies(grammar, asked);
        let passed = courtesies.into_iter().chain([VALUES.to_owned()]).collect();
        let understood = grammar.understand(heard, &passed);
        if let Some(courtesy) = self.courtesy(heard, grammar, understood.certainty, asked) {
            return Some(courtesy);
        }
        let verdict = self.manner(asked).thresholds.decide(understood.certainty, understood.second);
        let index = understood.best?;
        let meaning = grammar.list()[index].name.clone();
        let enough = verdict == Verdict::Accept || (verdict == Verdict::AskBack && meaning == PERSON);
        enough.then_some(Answer { meaning, choice: Some(index), certainty: understood.certainty })
    }

    pub(super) fn string_pressed(
        mut self,
        key: char,
        keyed: Keyed,
        asked: Asked<'_>,
        core: &mut Core,
        now: Instant,
    ) -> Result<Self, Step> {
        if !self.collected.pressed {
            // Keys begin the string anew; half a string that was spoken is none.
            self.collected = Collected { pressed: true, ..Collected::default() };
        }
        let timing = &self.manner(asked).timing;
        let complete = self.collected.digits.len() >= keyed.max;
        match (key, keyed.star) {
            (key, _) if key == timing.end_key && self.collected.digits.len() >= keyed.min => {
                return Err(self.string_complete(core, now));
            }
            ('0'..='9', _) if complete => {
                // What comes after a whole string belongs to the next question.
                core.keys.push(key);
                return Err(self.string_complete(core, now));
            }
            ('0'..='9', _) => self.collected.digits.push(key),
            ('*', Some(star)) if !self.collected.digits.is_empty() => self.collected.digits.push(star),
            ('*', _) => self.collected.digits.clear(),
            _ => return Err(self.misunderstood(core, now)),
        }
        if self.collected.digits.len() < keyed.max {
            return Ok(self.listen_on(asked, core, now));
        }
        if timing.after_keys.is_zero() {
            return Err(self.string_complete(core, now));
        }
        Ok(self.wait_for_end_key(timing.after_keys, now))
    }

    /// The time for a further digit is over.
    pub(super) fn no_more_digits(self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let asked = live.asked(&flow, self.node);
        let slot = asked.and_then(|asked| asked.slot(self.item()?));
        let Some(keyed) = slot.and_then(|slot| slot.kind.keyed()) else { return Step::Person };
        let alone = self.collected.digits == "0" && self.collected.pressed;
        if alone && keyed.min > 1 {
            let person = Answer { meaning: PERSON.to_owned(), choice: None, certainty: CERTAIN };
            return self.take(person, Vec::new(), Verdict::Accept, core, now);
        }
        self.string_complete(core, now)
    }

    pub(super) fn string_complete(mut self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        let Some(slot) = self.item().and_then(|item| asked.slot(item)) else { return Step::Person };
        let mut answers = self.possible(slot, core, now).into_iter();
        let Some(answer) = answers.next() else {
            if let Err(refusal) = self.value_of(&self.collected.digits, slot, core, now) {
                self.reason = Some(refusal.spoken(flow.words));
            }
            return self.misunderstood(core, now);
        };
        if self.collected.pressed {
            core.answered_by_key();
        }
        let verdict = self.manner(asked).thresholds.decide(answer.certainty, 0);
        self.take(answer, answers.collect(), verdict, core, now)
    }

    /// What the string so far can be, the likelier first: what fits, and was not declined.
    fn possible(&self, slot: &Slot, core: &Core, now: Instant) -> Vec<Answer> {
        let refused = self.item().and_then(|item| self.items.get(item)).map(|item| &item.refused);
        let declined = |meaning: &String| refused.is_some_and(|refused| refused.contains(meaning));
        let answer = |(digits, certainty): (&str, Certainty)| {
            let meaning = self.value_of(digits, slot, core, now).ok()?;
            let counts = self.collected.pressed || !declined(&meaning);
            counts.then_some(Answer { meaning, choice: None, certainty })
        };
        let mut answers: Vec<Answer> = self.collected.readings().filter_map(answer).collect();
        answers.dedup_by(|one, other| one.meaning == other.meaning);
        if let [first, _] = answers.as_mut_slice() {
            first.certainty = first.certainty.min(DISPUTED);
        }
        answers
    }

    /// A string's value, as it is stored, or why the string cannot be taken.
    fn value_of(&self, digits: &str, slot: &Slot, core: &Core, now: Instant) -> Result<String, Refusal> {
        let meaning = if slot.kind.of.keyed_parts().is_some() {
            // The day or the time that was keyed in.
            let order = KeyedDates::of(core.flow.language()).order;
            slot.kind.of.keyed_value(digits, order, core.local(now))?.raw()
        } else {
            self.spoken_value_of(digits, slot, core, now).ok_or(Refusal::OtherKind)?
        };
        slot.kind.of.check(&slot.value(&meaning), core.local(now))?;
        Ok(meaning)
    }

    fn spoken_value_of(&self, digits: &str, slot: &Slot, core: &Core, now: Instant) -> Option<String> {
        if matches!(slot.kind.of, SlotType::Phone(_))
            && let Some(found) = slot.kind.find(digits, true, core.flow.words, core.local(now)).into_iter().next()
        {
            return Some(found.meaning);
        }
        slot.kind.of.holds().parse(digits).map(|value| value.raw())
    }
}
