//! `menu`: lets the caller choose, by speech and by keys at once.
//!
//! ```yaml
//! welcome:
//!   menu:
//!     say: "North Wind. Bill or complaint?"
//!     say_again: "Say bill or complaint, or press 1 or 2."
//!     choices:
//!       bill:  { hear: [my bill, what do I owe], press: "1", goto: bill }
//!       staff: { hear: [rude employee], press: "2", label: "a complaint", goto: ask }
//! ```
//!
//! An open menu (`open: true`) also listens to every word, and finds the choice by its `examples:`.
//!
//! A choice is an intent: its name is told as such, and `{{ intent }}` is its label. `service:` says of which kind it is.
//! With `must_reach_person: true` the way of the choice is gone once, so that an `offer_transfer` on it may ask; who was
//! asked, or comes with the same intent again, goes to the person at once.

use std::collections::BTreeMap;

use call_model::{CallEvent, Certainty, ServiceKind};

use super::choice::{Written, compile, read_written};
use super::examples;
use super::manner::Manner;
use super::question::{Question, node_asides};
use super::set::Settings;
use super::{NodeId, Surroundings};
use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::{Line, tokens};
use crate::understand::Choices;
use crate::value::Type;
use crate::yaml::{Fields, Text, Tree, list_of};

/// A node that lets the caller choose.
#[derive(Debug)]
pub(crate) struct Menu {
    pub(crate) question: Question,
    pub(crate) choices: Choices,
    /// What an open menu asks when only its phrases can be listened to.
    pub(crate) narrow: Option<Line>,
    /// Where each choice leads, in the order of `choices`.
    ways: Vec<Way>,
}

#[derive(Debug)]
struct Way {
    to: NodeId,
    set: Settings,
    service: Option<ServiceKind>,
    /// Where the choice stands, if it must reach a person.
    must_reach_person: Option<Place>,
}

impl Menu {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let mut asides = node_asides(fields, around, reading);
        let manner = Manner::read(fields, &around.manner, reading);
        let open = fields.flag("open", &mut reading.findings).unwrap_or(false);
        let narrow = read_narrow(fields, open, reading);
        let mut written = Vec::new();
        let mut ways = Vec::new();
        let entries = fields.entries("choices", &mut reading.findings).unwrap_or_default();
        let none = entries.is_empty();
        for (name, tree) in entries {
            let Some((choice, way)) = read_choice(fields.file(), name, tree, reading) else { continue };
            check_person(&choice, way.as_ref().map(|way| way.to), around, reading);
            reading.intents.push(choice.name.text.clone());
            asides.remove(&choice.name.text);
            written.push(choice);
            ways.extend(way);
        }
        if none {
            let fix = "add `choices:` and below it `name: { hear: [...], press: \"1\", goto: node }`";
            reading.findings.error(place, "the menu has no choices", fix);
        }
        let complete = ways.len() == written.len() && !none;
        examples::check(&written, place, open, reading);
        let sentences = open.then(|| examples::sentences(&written, reading.words));
        let offered: Vec<_> = written.iter().map(Written::offered).collect();
        reading.choices = Some(reading.turns.offers(&offered));
        let question = Question::read(fields, "the menu", manner, &asides, reading);
        reading.choices = None;
        let mut choices = compile(written, &asides, reading);
        if !complete {
            return None;
        }
        if let Some(sentences) = sentences {
            choices.learn(&sentences, &reading.language, reading.vocabulary);
        }
        Some(Self { question: question?, choices, narrow, ways })
    }

    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        self.ways.iter().for_each(|way| way.set.check(scope, reading));
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let fills = |way: &Way| way.set.fills().map(str::to_owned).chain(["intent".to_owned()]).collect();
        let chosen = self.ways.iter().map(|way| (way.to, fills(way)));
        chosen.chain(self.question.exits().into_iter().map(|to| (to, Vec::new()))).collect()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        self.question.lines().into_iter().chain(&self.narrow).collect()
    }

    /// The caller has chosen.
    pub(crate) fn chosen(&self, index: usize, certainty: Certainty, core: &mut Core) -> Step {
        let (Some(choice), Some(way)) = (self.choices.list().get(index), self.ways.get(index)) else {
            return Step::Person;
        };
        core.memory.set_intent(&choice.name, &choice.label, way.service);
        core.event(CallEvent::IntentFound { intent: choice.name.clone(), certainty, service: way.service });
        match way.set.apply(core) {
            Ok(()) if way.must_reach_person.is_some() && core.memory.wants_person_again(&choice.name) => Step::Person,
            Ok(()) => Step::Goto(way.to),
            Err(reason) => Step::Broken(reason),
        }
    }

    /// The ways that must lead to a person.
    pub(crate) fn to_person(&self) -> impl Iterator<Item = (Place, NodeId)> {
        self.ways.iter().filter_map(|way| Some((way.must_reach_person?, way.to)))
    }
}

fn read_narrow(fields: &mut Fields<'_>, open: bool, reading: &mut Reading<'_>) -> Option<Line> {
    let text = fields.text("say_narrow", &mut reading.findings)?;
    if !open {
        let fix = "add `open: true` to the menu, or remove `say_narrow`";
        reading.findings.error(text.place, "`say_narrow` is said only by an open menu", fix);
    }
    reading.spoken(&text).map(Line::Said)
}

fn read_choice(file: u32, name: Text, tree: &Tree, reading: &mut Reading<'_>) -> Option<(Written, Option<Way>)> {
    let mut fields = reading.open(file, tree, format!("the choice `{}`", name.text))?;
    let examples = fields.texts("examples", &mut reading.findings).unwrap_or_default();
    let choice = read_written(&mut fields, name, examples, reading);
    let to = reading.must_target(&mut fields, "goto", "add `goto:` with the node that the choice leads to");
    let set = match fields.tree("set") {
        None => Settings::default(),
        Some(tree) => {
            let mut inner = reading.open(file, tree, "`set`")?;
            let set = Settings::read(&mut inner, reading);
            inner.finish(&mut reading.findings);
            set
        }
    };
    let service = read_service(&mut fields, reading);
    let must = fields.flag("must_reach_person", &mut reading.findings).unwrap_or(false);
    let must_reach_person = must.then_some(choice.name.place);
    fields.finish(&mut reading.findings);
    Some((choice, to.map(|to| Way { to, set, service, must_reach_person })))
}

fn read_service(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<ServiceKind> {
    let text = fields.text("service", &mut reading.findings)?;
    let kind = text.text.parse().ok();
    if kind.is_none() {
        let names = ServiceKind::ALL.map(ServiceKind::as_str);
        let fix = match nearest(&text.text, names) {
            Some(known) => format!("write `{known}`"),
            None => format!("write one of {}", list_of(&names)),
        };
        reading.findings.error(text.place, format!("there is no kind of service `{}`", text.text), fix);
    }
    kind
}

/// What always leads to a person cannot mean something else, unless it leads there too.
fn check_person(choice: &Written, to: Option<NodeId>, around: &Surroundings, reading: &mut Reading<'_>) {
    if to.is_some() && to == around.person {
        return;
    }
    if let Some((place, '0')) = choice.key {
        reading.findings.error(place, "key 0 always leads to a person", "use another key");
    }
    for (place, phrase) in &choice.phrases {
        if reading.words.person.iter().any(|known| tokens(known) == phrase.tokens) {
            let message = format!("`{}` always leads to a person", phrase.spoken);
            reading.findings.error(
                *place,
                message,
                "use another phrase, or let the choice lead to the node of `person:`",
            );
        }
    }
}
