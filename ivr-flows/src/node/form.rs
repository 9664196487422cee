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
use super::http::Http;
use super::manner::Manner;
use super::question::{Question, aside_choices, node_asides, own_yes_no};
use super::sentences::sentences;
use super::served::offers_of;
use super::slot::{Around, Confirm, Slot, SlotKind, read_confirm};
use super::{Kind, NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::Core;
use crate::text::Line;
use crate::understand::{Choices, SlotType};
use crate::value::{Type, Value};
use crate::yaml::Fields;

/// A node that fills slots.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The open question, where there is one.
    pub(crate) opening: Option<Question>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) whole: Whole,
    /// How is asked about all slots together.
    pub(crate) manner: Manner,
    /// Yes and no to all slots, if the designer has words of his own for them.
    pub(crate) yes_no: Option<Choices>,
    /// A person and the asides.
    pub(crate) asides: Choices,
    /// What is listened for while any slot may be filled.
    pub(crate) everything: Arc<[String]>,
    /// The same, and yes and no.
    pub(crate) correcting: Arc<[String]>,
    /// What services are asked for options before the form begins; empty once the nodes that ask were made.
    pub(super) fetches: Vec<Http>,
    pub(crate) then: NodeId,
}

/// How the slots of a form are confirmed together.
#[derive(Debug, Clone)]
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
    let inherited = Around { manner: &manner, asides: &asides, confirm: Confirm::Never, node: around };
    let (mut slots, mut fetches) = (Vec::new(), Vec::new());
    for (name, tree) in entries {
        let Some(mut inner) = reading.open(file, tree, format!("the slot `{}`", name.text)) else { continue };
        slots.extend(Slot::read(&mut inner, Some(name), &inherited, &mut fetches, reading));
        inner.finish(&mut reading.findings);
    }
    if slots.len() < wanted || wanted == 0 {
        return None;
    }
    let form = Form::new(opening, slots, Whole { confirm, read_back }, manner, &asides, then?, reading);
    Some(Form { fetches, ..form })
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
        let yes_no = own_yes_no(&manner, asides, reading);
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
        let manners = slots.iter().map(|slot| &slot.question.manner).chain([&manner]);
        correcting.extend(manners.flat_map(|manner| manner.own_words.spoken()));
        // After a correction a whole phrase ends the turn: the parts of sentences must not.
        everything.extend(sentences(&slots, reading));
        let shared = |phrases: BTreeSet<String>| -> Arc<[String]> { phrases.into_iter().collect() };
        let (everything, correcting) = (shared(everything), shared(correcting));
        Self { opening, slots, whole, manner, yes_no, asides, everything, correcting, fetches: Vec::new(), then }
    }

    /// A form of one slot.
    pub(super) fn of_one(slot: Slot, manner: Manner, asides: &Asides, then: NodeId, reading: &Reading<'_>) -> Self {
        let whole = Whole { confirm: Confirm::Never, read_back: None };
        Self::new(None, vec![slot], whole, manner, asides, then, reading)
    }

    /// The node itself: the form, or where its options come from services, the first question to one of them.
    pub(super) fn behind_its_services(mut self, key: &'static str, reading: &mut Reading<'_>) -> Kind {
        let fetches = std::mem::take(&mut self.fetches);
        let kind = if key == "ask" { Kind::Ask(self) } else { Kind::Form(self) };
        let mut fetches = fetches.into_iter().enumerate().rev().peekable();
        if fetches.peek().is_none() {
            return kind;
        }
        let mut next = (key.to_owned(), kind);
        for (index, fetch) in fetches {
            let then = reading.bring(&next.0, next.1);
            next = (format!("options_{}", index + 1), Kind::Http(fetch.leading_to(then)));
        }
        next.1
    }

    /// Whether services answer some of its options.
    pub(crate) fn is_served(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot.kind.of, SlotType::Served(_)))
    }

    /// The form with the options that services have answered. The error is where an empty list leads.
    pub(crate) fn with_options(&self, core: &Core) -> Result<Self, NodeId> {
        let mut form = self.clone();
        let mut phrases: BTreeSet<String> = BTreeSet::new();
        for slot in &mut form.slots {
            let SlotType::Served(served) = &slot.kind.of else { continue };
            let rows = core.memory.rows(&served.list);
            let answered = served.with_rows(rows, |said| core.flow.heard_as(said)).ok_or(served.if_failed)?;
            slot.kind = SlotKind::with_options(answered);
            if !slot.sensitive {
                phrases.extend(slot.kind.grammar().grammar().iter().cloned());
            }
        }
        let with = |known: &Arc<[String]>| -> Arc<[String]> {
            known.iter().chain(&phrases).cloned().collect::<BTreeSet<String>>().into_iter().collect()
        };
        (form.everything, form.correcting) = (with(&form.everything), with(&form.correcting));
        Ok(form)
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
        let needed = self.slots.iter().filter_map(|slot| slot.kind.if_failed());
        let failed = questions.flat_map(Question::exits).chain(self.manner.exits()).chain(needed);
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
        let confirming = self.slots.iter().filter_map(|slot| slot.question.yes_no.as_ref()).map(Choices::grammar);
        own.chain(confirming)
            .chain([&self.correcting])
            .chain((self.slots.len() > 1).then_some(&self.everything))
            .collect()
    }

    /// The slots that it fills, and the variables that hold what they offer.
    pub(crate) fn fills(&self) -> Vec<String> {
        let offers = self.slots.iter().filter(|slot| matches!(slot.kind.of, SlotType::Served(_)));
        let offers = offers.map(|slot| offers_of(&slot.name));
        self.slots.iter().map(|slot| slot.name.clone()).chain(offers).collect()
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
