//! `ask`: fills a slot by asking for it.
//!
//! ```yaml
//! account:
//!   ask:
//!     slot: account
//!     type: digits
//!     length: 3
//!     say: "Please say your account number."
//!     read_back: "I heard {{ account }}. Is that right?"
//!     then: bill
//! ```
//!
//! Types: `digits` (`length`, or `min` and `max`), `yes_no`, and `one_of` with `options:` written like a menu's choices.
//! Digits are spoken one by one, in one turn or several, or pressed: `#` ends them, `*` begins again. With `read_back`
//! the value counts when the caller has said yes to it.

use super::choice::{Written, built_in, compile, person, read_written};
use super::question::Question;
use super::{NodeId, Surroundings};
use crate::language::Words;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::{Line, Phrase};
use crate::understand::{Choice, Choices, digit_phrases};
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text, list_of};

/// A node that fills a slot.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) question: Question,
    pub(crate) slot: String,
    pub(crate) kind: SlotKind,
    pub(crate) read_back: Option<Line>,
    pub(crate) then: NodeId,
}

/// How a slot's value is understood.
#[derive(Debug)]
pub(crate) enum SlotKind {
    /// A string of digits.
    Digits {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
        /// The digits' words and the way to a person.
        grammar: Choices,
    },
    /// Yes or no.
    YesNo(Choices),
    /// One of a list.
    OneOf(Choices),
}

const TYPES: &[&str] = &["digits", "yes_no", "one_of"];

impl Ask {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let question = Question::read(fields, "the question", around, reading);
        let slot = fields.must_text("slot", "add `slot:` with the name of what is asked", &mut reading.findings);
        let of =
            fields.must_text("type", "add `type: digits`, `type: yes_no` or `type: one_of`", &mut reading.findings);
        let kind = of.and_then(|of| read_kind(&of, fields, reading));
        // A slot of an unknown type is declared all the same, lest every use of it is complained of.
        let slot = slot.and_then(|slot| reading.declare(&slot, kind.as_ref().map_or(Type::Text, SlotKind::of)));
        let read_back = reading.line(fields, "read_back", "read_back_audio");
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { question: question?, slot: slot?, kind: kind?, read_back, then: then? })
    }

    /// A question whose answer fills no slot: the node that asks it takes it.
    pub(super) fn unnamed(question: Question, kind: SlotKind, then: NodeId) -> Self {
        Self { question, slot: String::new(), kind, read_back: None, then }
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let answered = (self.then, vec![self.slot.clone()]);
        std::iter::once(answered).chain(self.question.exits().into_iter().map(|to| (to, Vec::new()))).collect()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        self.question.lines().into_iter().chain(&self.read_back).collect()
    }

    pub(crate) fn choices(&self) -> Option<&Choices> {
        match &self.kind {
            SlotKind::YesNo(choices) | SlotKind::OneOf(choices) => Some(choices),
            SlotKind::Digits { .. } => None,
        }
    }

    /// The slot's value from the meaning of an answer.
    pub(crate) fn value(&self, meaning: &str) -> Value {
        match &self.kind {
            SlotKind::Digits { .. } => Value::Digits(meaning.to_owned()),
            SlotKind::YesNo(_) => Value::YesNo(meaning == YES),
            SlotKind::OneOf(_) => Value::Text(meaning.to_owned()),
        }
    }

    /// The caller has answered.
    pub(crate) fn answered(&self, meaning: &str, confirmed: bool, core: &mut Core) -> Step {
        core.fill(&self.slot, self.value(meaning), confirmed);
        Step::Goto(self.then)
    }
}

impl SlotKind {
    fn of(&self) -> Type {
        match self {
            Self::Digits { .. } => Type::Digits,
            Self::YesNo(_) => Type::YesNo,
            Self::OneOf(choices) => {
                let named = choices.list().iter().filter(|choice| choice.name != super::question::PERSON);
                Type::OneOf(named.map(|choice| choice.name.clone()).collect())
            }
        }
    }
}

fn read_kind(of: &Text, fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<SlotKind> {
    match of.text.as_str() {
        "digits" => read_digits(fields, reading),
        "yes_no" => Some(SlotKind::YesNo(yes_no(reading))),
        "one_of" => options(fields, reading).map(SlotKind::OneOf),
        _ => {
            let fix = match crate::nearest::nearest(&of.text, TYPES.iter().copied()) {
                Some(known) => format!("write `{known}`"),
                None => format!("write one of {}", list_of(TYPES)),
            };
            reading.findings.error(of.place, format!("nothing can be asked by the type `{}`", of.text), fix);
            // What belongs to the type is not complained of in addition.
            for name in ["length", "min", "max", "options"] {
                fields.tree(name);
            }
            None
        }
    }
}

fn read_digits(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<SlotKind> {
    let place = fields.place;
    let length = fields.count("length", 1, MOST_DIGITS, &mut reading.findings);
    let min = fields.count("min", 1, MOST_DIGITS, &mut reading.findings);
    let max = fields.count("max", 1, MOST_DIGITS, &mut reading.findings);
    let (min, max) = match (length, min, max) {
        (Some((_, length)), None, None) => (length, length),
        (Some((place, _)), ..) => {
            reading.findings.error(
                place,
                "`length` stands beside `min` or `max`",
                "keep `length`, or keep `min` and `max`",
            );
            return None;
        }
        (None, Some((place, min)), Some((_, max))) if min > max => {
            reading.findings.error(place, format!("`min` is {min} and `max` only {max}"), "swap the two");
            return None;
        }
        (None, Some((_, min)), Some((_, max))) => (min, max),
        (None, ..) => {
            let fix = "add `length: 3`, or `min: 3` and `max: 8`";
            reading.findings.error(place, "the question does not say how many digits it wants", fix);
            return None;
        }
    };
    let (min, max) = (usize::try_from(min).ok()?, usize::try_from(max).ok()?);
    Some(SlotKind::Digits { min, max, grammar: digits_grammar(max, reading) })
}

/// The words of digits, and what asks for a person among them: single words only, since the small words of longer
/// phrases sound like digits ("to", "for").
fn digits_grammar(max: usize, reading: &Reading<'_>) -> Choices {
    let phrases = digit_phrases(reading.words, max);
    let digits =
        Choice { name: "digits".to_owned(), label: String::new(), phrases: built_in(&phrases, reading), key: None };
    let mut person = person(reading);
    let single: Vec<&str> = reading.words.person.iter().copied().filter(|phrase| !phrase.contains(' ')).collect();
    person.phrases = built_in(&single, reading);
    Choices::new(vec![digits, person], reading.words)
}

/// Takes `options`, written like a menu's choices.
pub(crate) fn options(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Choices> {
    let place = fields.place;
    let file = fields.file();
    let options = fields.entries("options", &mut reading.findings).unwrap_or_default();
    if options.is_empty() {
        let fix = "add `options:` and below it `name: { hear: [...], press: \"1\" }`";
        reading.findings.error(place, "the question has no options", fix);
        return None;
    }
    let mut written: Vec<Written> = Vec::new();
    for (name, tree) in options {
        let Some(mut inner) = reading.open(file, tree, format!("the option `{}`", name.text)) else { continue };
        written.push(read_written(&mut inner, name, Vec::new(), reading));
        inner.finish(&mut reading.findings);
    }
    for choice in &written {
        if let Some((place, '0')) = choice.key {
            reading.findings.error(place, "key 0 always leads to a person", "use another key");
        }
    }
    Some(compile(written, reading))
}

/// Yes by key 1, no by key 2, and a person.
pub(crate) fn yes_no(reading: &Reading<'_>) -> Choices {
    let words: &Words = reading.words;
    let answer = |name: &str, phrases: Vec<Phrase>, key| Choice {
        name: name.to_owned(),
        label: name.to_owned(),
        phrases,
        key: Some(key),
    };
    Choices::new(
        vec![
            answer(YES, built_in(words.yes, reading), '1'),
            answer(NO, built_in(words.no, reading), '2'),
            person(reading),
        ],
        words,
    )
}

/// The meaning of an answer that agrees.
pub(crate) const YES: &str = "yes";
/// The meaning of an answer that does not.
pub(crate) const NO: &str = "no";
/// Nobody says more digits in a row.
const MOST_DIGITS: u32 = 24;
