//! The nodes of a flow. A kind of node is one file: its YAML, its checks and its step at run time.

mod answer;
mod aside;
mod ask;
mod branch;
mod call;
mod choice;
mod compose;
mod examples;
mod for_each;
mod form;
mod hang_up;
mod http;
mod identify;
mod job;
mod knowledge;
mod language;
mod manner;
mod menu;
mod message;
mod note_risk;
mod nudge;
mod offer_transfer;
mod outside;
mod own_words;
mod play;
mod pre_answer;
mod question;
mod queue;
mod record;
mod return_node;
mod sentences;
mod served;
mod set;
mod slot;
mod survey;
mod ticket;
mod transfer;
mod verify;
mod voicemail;
mod when_open;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use call_model::{ConsultResult, RecordResult};

use crate::diagnostic::Place;
use crate::part::Part;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::services::Service;
use crate::text::Line;
use crate::understand::Choices;
use crate::value::Type;
use crate::yaml::{Text, Tree, entries, list_of};

pub(crate) use aside::{Aside, Asides, COURTESIES, read_asides, universals};
pub(crate) use branch::Branch;
pub(crate) use call::Call;
pub(crate) use choice::Written;
pub(crate) use for_each::{ForEach, NextRow, RowChosen};
pub(crate) use form::Form;
pub(crate) use hang_up::HangUp;
pub(crate) use http::{Fetching, Http};
pub(crate) use language::SwitchLanguage;
pub(crate) use manner::{Inputs, Manner, Rung};
pub(crate) use menu::Menu;
pub(crate) use nudge::Nudge;
pub(crate) use offer_transfer::OfferTransfer;
pub(crate) use outside::Outside;
pub(crate) use own_words::OwnWords;
pub(crate) use play::Play;
pub(crate) use question::{Asked, PERSON, PERSON_KEY, Question};
pub(crate) use queue::Queue;
pub(crate) use record::read_request;
pub(crate) use return_node::Return;
pub(crate) use served::{Served, offers_of};
pub(crate) use set::Set;
pub(crate) use slot::{CERTAIN, Confirm, Keyed, NO, Slot, VALUES, YES, options, read_list, yes_no};
pub(crate) use survey::{Answered, Survey};
pub(crate) use transfer::Transfer;
pub(crate) use verify::VERIFIED;
pub(crate) use when_open::WhenOpen;

/// The index of a node in its flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) usize);

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// The part that it belongs to: the flow's own nodes are of part 0.
    pub(crate) part: usize,
    /// Its kind as it is written.
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
}

/// What a node does.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Says something.
    Play(Play),
    /// Lets the caller choose.
    Menu(Menu),
    /// Fills a slot: a form of one.
    Ask(Form),
    /// Fills several slots.
    Form(Form),
    /// Goes different ways.
    Branch(Branch),
    /// Fills slots and the disposition without asking.
    Set(Set),
    /// Asks a back end.
    Http(Http),
    /// Hands the caller to people.
    Queue(Queue),
    /// Asks or tells the server's own tables and the world.
    Outside(Outside),
    /// Ends the call.
    HangUp(HangUp),
    /// Offers a person.
    OfferTransfer(OfferTransfer),
    /// Goes one way in opening hours and another outside.
    WhenOpen(WhenOpen),
    /// Goes on in another language.
    Language(SwitchLanguage),
    /// Tells of a quicker way.
    Nudge(Nudge),
    /// Asks about the call.
    Survey(Survey),
    /// Takes an answer of a survey.
    Answered(Answered),
    /// Connects the caller with somebody outside of the queues.
    Transfer(Transfer),
    /// Goes through a list.
    ForEach(ForEach),
    /// Takes the next row of a list.
    NextRow(NextRow),
    /// Knows whether the row is wanted.
    RowChosen(RowChosen),
    /// Goes through a sub-flow.
    Call(Call),
    /// Ends a sub-flow.
    Return(Return),
}

/// What every node's reader is given.
pub(crate) struct Surroundings {
    /// How questions are asked.
    pub(crate) manner: Manner,
    /// What may be said in the middle of every question.
    pub(crate) asides: Asides,
    /// The node that a caller comes to who wants a person.
    pub(crate) person: Option<NodeId>,
    pub(crate) services: BTreeMap<String, Service>,
}

/// The kinds by their keys.
pub(crate) const KINDS: &[&str] = &[
    "play",
    "menu",
    "ask",
    "form",
    "branch",
    "set",
    "http",
    "queue",
    "hang_up",
    "answer",
    "call",
    "identify",
    "language",
    "ask_knowledge",
    "job",
    "message",
    "note_risk",
    "nudge",
    "offer_transfer",
    "pre_answer",
    "record",
    "return",
    "survey",
    "for_each",
    "transfer",
    "when_open",
    "ticket",
    "verify",
    "voicemail",
];

impl Node {
    /// Reads a node: one kind, as its key.
    pub(crate) fn read(
        file: u32,
        id: NodeId,
        name: &Text,
        tree: &Tree,
        around: &Surroundings,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let what = format!("the node `{}`", name.text);
        let mut kinds = entries(file, tree, &what, &mut reading.findings)?;
        if kinds.len() != 1 {
            let message = match kinds.len() {
                0 => format!("{what} does nothing"),
                _ => format!("{what} has {} keys, but a node is of one kind", kinds.len()),
            };
            let fix = format!("write one of {} below it, and what belongs to it indented below that", list_of(KINDS));
            reading.findings.error(name.place, message, fix);
            return None;
        }
        let (written, tree) = kinds.remove(0);
        let Some(key) = kind_named(&written.text) else {
            let fix = match crate::nearest::nearest(&written.text, KINDS.iter().copied()) {
                Some(known) => format!("write `{known}`"),
                None => format!("write one of {}", list_of(KINDS)),
            };
            reading.findings.error(written.place, format!("there is no kind of node `{}`", written.text), fix);
            return None;
        };
        reading.own = (id, Text { place: name.place, text: reading.full_name(&name.text) });
        let full_name = reading.own.1.text.clone();
        let kind = read_kind(file, key, &written, tree, around, reading)?;
        Some(Self { name: full_name, place: name.place, part: reading.part, key, kind })
    }

    /// Checks what needs the whole flow: the types of conditions.
    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        match &self.kind {
            Kind::Branch(branch) => branch.check(scope, reading),
            Kind::Set(set) => set.check(scope, reading),
            Kind::Menu(menu) => menu.check(scope, reading),
            Kind::Outside(outside) => outside.check(scope, reading),
            Kind::Ask(form) | Kind::Form(form) => form.check(scope, reading),
            Kind::Play(_)
            | Kind::Http(_)
            | Kind::Queue(_)
            | Kind::HangUp(_)
            | Kind::Call(_)
            | Kind::OfferTransfer(_)
            | Kind::Language(_)
            | Kind::Transfer(_)
            | Kind::ForEach(_)
            | Kind::NextRow(_)
            | Kind::RowChosen(_)
            | Kind::Nudge(_)
            | Kind::Survey(_)
            | Kind::Answered(_)
            | Kind::WhenOpen(_)
            | Kind::Return(_) => {}
        }
    }

    /// Checks what needs the sub-flows.
    pub(crate) fn check_calls(&self, parts: &[Part], reading: &mut Reading<'_>) {
        match &self.kind {
            Kind::Call(call) => call.check(self, parts, reading),
            Kind::Return(back) => back.check(self, parts, reading),
            _ => {}
        }
    }

    /// The nodes that may come next and the variables that are filled on the way there; without the way to a person,
    /// which every question has.
    pub(crate) fn exits(&self, parts: &[Part]) -> Vec<(NodeId, Vec<String>)> {
        let services = &parts[self.part].services;
        match &self.kind {
            Kind::Play(play) => vec![(play.then, Vec::new())],
            Kind::Menu(menu) => menu.exits(),
            Kind::Ask(form) | Kind::Form(form) => form.exits(),
            Kind::Branch(branch) => branch.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Set(set) => vec![(set.then, set.fills().map(str::to_owned).collect())],
            Kind::Http(http) => http.exits(services),
            Kind::Queue(queue) => queue.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Call(call) => call.exits(parts),
            Kind::ForEach(each) => each.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::NextRow(row) => row.exits(),
            Kind::RowChosen(chosen) => chosen.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Transfer(transfer) => transfer.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Nudge(nudge) => nudge.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Survey(survey) => survey.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Answered(answered) => answered.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Language(language) => language.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::Outside(outside) => outside.exits(services),
            Kind::WhenOpen(when) => when.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::OfferTransfer(offer) => offer.exits().into_iter().map(|to| (to, Vec::new())).collect(),
            Kind::HangUp(_) | Kind::Return(_) => Vec::new(),
        }
    }

    /// Whether it waits for a person: the caller or an agent.
    pub(crate) fn waits(&self) -> bool {
        match &self.kind {
            Kind::Outside(outside) => outside.waits(),
            Kind::Queue(_) | Kind::Transfer(_) => true,
            _ => self.asks(),
        }
    }

    /// Whether the caller can ask for a person here.
    pub(crate) fn asks(&self) -> bool {
        self.asked().is_some()
    }

    /// What it may say, in every case.
    pub(crate) fn lines(&self) -> Vec<&Line> {
        match &self.kind {
            Kind::Play(play) => vec![&play.line],
            Kind::Menu(menu) => menu.lines(),
            Kind::Ask(form) | Kind::Form(form) => form.lines(),
            Kind::OfferTransfer(offer) => offer.form.lines(),
            Kind::Language(language) => language.form().map(Form::lines).unwrap_or_default(),
            Kind::Transfer(transfer) => transfer.line.iter().collect(),
            Kind::Nudge(nudge) => vec![&nudge.line],
            Kind::Survey(_) | Kind::Answered(_) => Vec::new(),
            Kind::ForEach(_) | Kind::NextRow(_) | Kind::RowChosen(_) => Vec::new(),
            Kind::Http(http) => http.say_while.iter().collect(),
            Kind::Queue(queue) => queue.line.iter().collect(),
            Kind::HangUp(hang_up) => hang_up.line.iter().collect(),
            Kind::Outside(outside) => outside.lines(),
            Kind::Branch(_) | Kind::Set(_) | Kind::Call(_) | Kind::Return(_) | Kind::WhenOpen(_) => Vec::new(),
        }
    }

    /// The lists of phrases that are listened for.
    pub(crate) fn grammars(&self) -> Vec<&Arc<[String]>> {
        match self.asked() {
            Some(Asked::Menu(menu)) => {
                let confirming = menu.question.yes_no.as_ref().map(Choices::grammar);
                std::iter::once(menu.choices.grammar()).chain(confirming).collect()
            }
            Some(Asked::Form(form)) => form.grammars(),
            None => Vec::new(),
        }
    }

    /// The slots that are filled while it speaks: its own texts may name them.
    pub(crate) fn own_slots(&self) -> Vec<String> {
        match &self.kind {
            Kind::Ask(form) | Kind::Form(form) => form.fills(),
            _ => Vec::new(),
        }
    }

    /// Whether the first thing that it asks for is sensitive.
    pub(crate) fn begins_sensitive(&self) -> bool {
        match &self.kind {
            Kind::Ask(form) | Kind::Form(form) => {
                form.opening.is_none() && form.slots.first().is_some_and(|slot| slot.sensitive)
            }
            _ => false,
        }
    }

    /// Whether it records the caller.
    pub(crate) fn records(&self) -> bool {
        match &self.kind {
            Kind::Ask(form) | Kind::Form(form) => form.slots.iter().any(|slot| slot.kind.dictated().is_some()),
            Kind::Outside(outside) => outside.waits(),
            _ => false,
        }
    }

    /// The queue that callers are handed to.
    pub(crate) fn queue(&self) -> Option<&str> {
        match &self.kind {
            Kind::Queue(queue) => Some(&queue.name),
            Kind::Outside(outside) => outside.queue(),
            _ => None,
        }
    }

    /// The service of what only a verified caller may hear, if it asks one.
    pub(crate) fn personal(&self, parts: &[Part]) -> Option<&str> {
        match &self.kind {
            Kind::Http(http) => {
                let service = parts[self.part].services.get(http.service());
                service.filter(|service| service.personal).map(|_| http.service())
            }
            _ => None,
        }
    }

    /// The part that it calls.
    pub(crate) fn calls(&self) -> Option<usize> {
        match &self.kind {
            Kind::Call(call) => Some(call.part),
            _ => None,
        }
    }

    /// What is asked here, for nodes that ask.
    pub(crate) fn asked(&self) -> Option<Asked<'_>> {
        match &self.kind {
            Kind::Menu(menu) => Some(Asked::Menu(menu)),
            Kind::Ask(form) | Kind::Form(form) => Some(Asked::Form(form)),
            Kind::OfferTransfer(offer) => Some(Asked::Form(&offer.form)),
            Kind::Language(language) => language.form().map(Asked::Form),
            _ => None,
        }
    }

    /// Every slot of its form is filled; `answer` is what the first holds.
    pub(crate) fn filled(&self, answer: Option<&str>, core: &mut Core) -> Step {
        match &self.kind {
            Kind::Ask(form) | Kind::Form(form) => Step::Goto(form.then),
            Kind::OfferTransfer(offer) => offer.answered(&self.name, answer.unwrap_or_default(), core),
            Kind::Language(language) => language.answered(answer.unwrap_or_default(), core),
            _ => Step::Person,
        }
    }

    /// Its step when the dialogue comes to it.
    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        match &self.kind {
            Kind::Play(play) => play.enter(core, now),
            Kind::Menu(_) | Kind::Ask(_) | Kind::Form(_) => crate::run::Asking::begin(id, core, now),
            Kind::Branch(branch) => branch.enter(core),
            Kind::Set(set) => set.enter(core),
            Kind::Http(http) => http.enter(id, core, now),
            Kind::Queue(queue) => queue.enter(id, core, now),
            Kind::Outside(outside) => outside.enter(id, core, now),
            Kind::HangUp(hang_up) => hang_up.enter(core, now),
            Kind::Call(call) => call.enter(id, core),
            Kind::ForEach(each) => each.enter(id, core),
            Kind::NextRow(row) => row.enter(core),
            Kind::RowChosen(chosen) => chosen.enter(core),
            Kind::Transfer(transfer) => transfer.enter(id, core, now),
            Kind::Nudge(nudge) => nudge.enter(id, core, now),
            Kind::Survey(survey) => survey.enter(core),
            Kind::Answered(answered) => answered.enter(core),
            Kind::Language(language) => language.enter(id, core, now),
            Kind::WhenOpen(when) => when.enter(core),
            Kind::OfferTransfer(offer) => offer.enter(id, core, now),
            Kind::Return(back) => back.enter(core),
        }
    }

    /// Its step when the server has answered the one question that it asked by [`crate::run::Consulting`].
    pub(crate) fn consulted(&self, id: NodeId, result: ConsultResult, core: &mut Core, now: Instant) -> Step {
        match &self.kind {
            Kind::Outside(outside) => outside.consulted(id, result, core, now),
            _ => Step::Person,
        }
    }

    /// Its step when the caller was recorded.
    pub(crate) fn recorded(&self, id: NodeId, result: RecordResult, core: &mut Core, now: Instant) -> Step {
        match &self.kind {
            Kind::Outside(outside) => outside.recorded(id, result, core, now),
            _ => Step::Person,
        }
    }
}

/// A kind by its key.
fn kind_named(key: &str) -> Option<&'static str> {
    KINDS.iter().copied().find(|known| *known == key)
}

/// Reads what a node does.
fn read_kind(
    file: u32,
    key: &'static str,
    written: &Text,
    tree: &Tree,
    around: &Surroundings,
    reading: &mut Reading<'_>,
) -> Option<Kind> {
    if key == "branch" {
        return Branch::read(file, written.place, tree, reading).map(Kind::Branch);
    }
    let mut fields = reading.open(file, tree, format!("the {key} `{}`", reading.own.1.text))?;
    if key == "return" {
        return Return::read(fields, tree, reading).map(Kind::Return);
    }
    let kind = match key {
        "answer" => answer::read(&mut fields, around, reading),
        "ask_knowledge" => knowledge::read(&mut fields, around, reading),
        "ask" => ask::read_ask(&mut fields, around, reading).map(|form| form.behind_its_services("ask", reading)),
        "call" => Call::read(&mut fields, reading).map(Kind::Call),
        "form" => form::read_form(&mut fields, around, reading).map(|form| form.behind_its_services("form", reading)),
        "http" => Http::read(&mut fields, around, reading).map(Kind::Http),
        "identify" => identify::read(&mut fields, around, reading),
        "language" => SwitchLanguage::read(&mut fields, around, reading).map(Kind::Language),
        "menu" => Menu::read(&mut fields, around, reading).map(Kind::Menu),
        "nudge" => Nudge::read(&mut fields, around, reading).map(Kind::Nudge),
        "offer_transfer" => OfferTransfer::read(&mut fields, around, reading).map(Kind::OfferTransfer),
        "play" => Play::read(&mut fields, reading).map(Kind::Play),
        "queue" => Queue::read(&mut fields, reading).map(Kind::Queue),
        "set" => Set::read(&mut fields, reading).map(Kind::Set),
        "survey" => Survey::read(&mut fields, around, reading).map(Kind::Survey),
        "for_each" => ForEach::read(&mut fields, around, reading).map(Kind::ForEach),
        "transfer" => Transfer::read(&mut fields, reading).map(Kind::Transfer),
        "when_open" => WhenOpen::read(&mut fields, reading).map(Kind::WhenOpen),
        "hang_up" => HangUp::read(&mut fields, reading).map(Kind::HangUp),
        kind => Outside::read(kind, &mut fields, around, reading).map(Kind::Outside),
    };
    fields.finish(&mut reading.findings);
    kind
}

impl Kind {
    /// The kind's key in YAML.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Play(_) => "play",
            Self::Menu(_) => "menu",
            Self::Ask(_) => "ask",
            Self::Form(_) => "form",
            Self::Branch(_) => "branch",
            Self::Set(_) => "set",
            Self::Http(_) => "http",
            Self::Queue(_) => "queue",
            Self::Outside(outside) => outside.key(),
            Self::HangUp(_) => "hang_up",
            Self::Call(_) => "call",
            Self::ForEach(_) | Self::NextRow(_) | Self::RowChosen(_) => "for_each",
            Self::Transfer(_) => "transfer",
            Self::Nudge(_) => "nudge",
            Self::Survey(_) | Self::Answered(_) => "survey",
            Self::Language(_) => "language",
            Self::WhenOpen(_) => "when_open",
            Self::OfferTransfer(_) => "offer_transfer",
            Self::Return(_) => "return",
        }
    }
}
