//! `form`: fills several slots, in any order, several in one sentence.
//!
//! ```yaml
//! trip:
//!   form:
//!     say: "Where would you like to go, and when?"
//!     slots:
//!       origin:
//!         type: one_of
//!         options: cities
//!         hear: ["from {origin}", "leaving {origin}"]
//!         say: "Where do you leave from?"
//!       destination:
//!         type: one_of
//!         options: cities
//!         hear: ["to {destination}"]
//!         say: "Where do you want to go?"
//!       seat:
//!         type: yes_no
//!         when: "destination == 'munich'"
//!         say: "Shall I reserve a seat?"
//!     read_back: "From {{ origin }} to {{ destination }}. Is that right?"
//!     then: book
//! ```
//!
//! The first `say` is an open question; each slot's own is asked only for what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::aside::Asides;
use super::choice::{built_in, person};
use super::manner::Manner;
use super::question::{Question, aside_choices, node_asides};
use super::sentences::sentences;
use super::slot::{Around, Confirm, Slot, read_confirm};
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::Core;
use crate::text::Line;
use crate::understand::Choices;
use crate::value::{Type, Value};
use crate::yaml::Fields;

/// A node that fills slots.
#[derive(Debug)]
pub(crate) struct Form {
    /// The open question, where there is one.
    pub(crate) opening: Option<Question>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) whole: Whole,
    /// How is asked about all slots together.
    pub(crate) manner: Manner,
    /// A person and the asides.
    pub(crate) asides: Choices,
    /// What is listened for while any slot may be filled.
    pub(crate) everything: Arc<[String]>,
    /// The same, and yes and no.
    pub(crate) correcting: Arc<[String]>,
    pub(crate) then: NodeId,
}

/// How the slots of a form are confirmed together.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) confirm: Confirm,
    pub(crate) read_back: Option<Line>,
}

/// Reads a form.
pub(super) fn read_form(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Form> {
    let (place, file) = (fields.place, fields.file());
    let asides = node_asides(fields, around, reading);
    let manner = Manner::read(fields, &around.manner, reading);
    let opens = fields.has("say") || fields.has("audio");
    let opening =
        if opens { Some(Question::read(fields, "the form", manner.clone(), &asides, reading)?) } else { None };
    let read_back = reading.line(fields, "read_back", "read_back_audio");
    let otherwise = if read_back.is_some() { Confirm::Always } else { Confirm::WhenUnsure };
    let confirm = read_confirm(fields, reading).unwrap_or(otherwise);
    let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
    let entries = fields.entries("slots", &mut reading.findings).unwrap_or_default();
    if entries.is_empty() {
        let fix = "add `slots:` and below it `name: { type: ..., say: \"...\" }`";
        reading.findings.error(place, "the form has no slots", fix);
    }
    let wanted = entries.len();
    let inherited = Around { manner: &manner, asides: &asides, confirm: Confirm::Never };
    let mut slots = Vec::new();
    for (name, tree) in entries {
        let Some(mut inner) = reading.open(file, tree, format!("the slot `{}`", name.text)) else { continue };
        slots.extend(Slot::read(&mut inner, Some(name), &inherited, reading));
        inner.finish(&mut reading.findings);
    }
    if slots.len() < wanted || wanted == 0 {
        return None;
    }
    Some(Form::new(opening, slots, Whole { confirm, read_back }, manner, &asides, then?, reading))
}

impl Form {
    /// Puts a form together from its slots.
    pub(super) fn new(
        opening: Option<Question>,
        slots: Vec<Slot>,
        whole: Whole,
        manner: Manner,
        asides: &Asides,
        then: NodeId,
        reading: &Reading<'_>,
    ) -> Self {
        let mut list = vec![person(reading)];
        let more = aside_choices(asides, &[]);
        list.extend(more);
        let asides = Choices::new(list, reading.words);
        let mut everything: BTreeSet<String> = asides.grammar().iter().cloned().collect();
        for slot in slots.iter().filter(|slot| !slot.sensitive) {
            everything.extend(slot.kind.grammar().grammar().iter().cloned());
            everything.extend(slot.patterns.iter().flat_map(|pattern| pattern.phrases(reading.words)));
            everything.extend(built_in(&[&slot.label], reading).into_iter().map(|phrase| phrase.spoken));
        }
        let corrections = [reading.turns.not, reading.turns.rather].concat();
        everything.extend(built_in(&corrections, reading).into_iter().map(|phrase| phrase.spoken));
        let agreeing = [reading.words.yes, reading.words.no].concat();
        let mut correcting = everything.clone();
        correcting.extend(built_in(&agreeing, reading).into_iter().map(|phrase| phrase.spoken));
        // After a correction a whole phrase ends the turn: the parts of sentences must not.
        everything.extend(sentences(&slots, reading));
        let shared = |phrases: BTreeSet<String>| -> Arc<[String]> { phrases.into_iter().collect() };
        let (everything, correcting) = (shared(everything), shared(correcting));
        Self { opening, slots, whole, manner, asides, everything, correcting, then }
    }

    /// A form of one slot.
    pub(super) fn of_one(slot: Slot, manner: Manner, asides: &Asides, then: NodeId, reading: &Reading<'_>) -> Self {
        let whole = Whole { confirm: Confirm::Never, read_back: None };
        Self::new(None, vec![slot], whole, manner, asides, then, reading)
    }

    /// Checks the conditions of its slots.
    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        for (place, condition) in self.slots.iter().filter_map(|slot| slot.when.as_ref()) {
            for mistake in condition.check(scope) {
                reading.findings.error(*place, mistake.message, mistake.fix);
            }
        }
    }

    /// Where it leads, and what is filled on the way there.
    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let always = self.slots.iter().filter(|slot| slot.when.is_none()).map(|slot| slot.name.clone());
        let questions = self.slots.iter().map(|slot| &slot.question).chain(&self.opening);
        let failed = questions.flat_map(Question::exits).chain(self.manner.exits());
        std::iter::once((self.then, always.collect())).chain(failed.map(|to| (to, Vec::new()))).collect()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        let opening = self.opening.iter().flat_map(Question::lines);
        opening
            .chain(self.slots.iter().flat_map(Slot::lines))
            .chain(&self.whole.read_back)
            .chain(self.manner.lines())
            .collect()
    }

    /// Every list of phrases that it listens for.
    pub(crate) fn grammars(&self) -> Vec<&Arc<[String]>> {
        let own = self.slots.iter().map(|slot| slot.kind.grammar().grammar());
        own.chain([&self.correcting]).chain((self.slots.len() > 1).then_some(&self.everything)).collect()
    }

    /// The slots that it fills.
    pub(crate) fn fills(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.name.as_str())
    }

    /// Whether a slot is asked for now.
    pub(crate) fn wants(&self, index: usize, core: &Core) -> bool {
        self.wants_knowing(index, core.memory.conditions())
    }

    /// Whether a slot would be asked for if these variables were known.
    pub(crate) fn wants_knowing(&self, index: usize, known: &BTreeMap<String, Value>) -> bool {
        let when = self.slots.get(index).and_then(|slot| slot.when.as_ref());
        when.is_none_or(|(_, condition)| condition.holds(known))
    }
}
