//! `ticket`: opens a ticket whose number can be spoken, or looks for one.
//!
//! ```yaml
//! report:
//!   ticket:
//!     open: fault
//!     fields: { what: "{{ fault }}", where: "{{ address }}" }     # or slots by their names: [fault, address]
//!     save: { number: ticket }
//!     if_failed: desk
//!     then: tell
//! how_far:
//!   ticket: { find: "{{ ticket }}", save: { status: status, what: fault }, if_none: ask, if_failed: desk, then: say_it }
//! ```
//!
//! What is about a slot that is not filled is left out of the ticket.
//!
//! `save:` names the slot for each thing that the ticket tells: `number`, `kind`, `status`, `opened`, or a field; the
//! number of a new ticket goes into the slot `ticket` unless it says otherwise. Only the tickets of the same telephone
//! number are found, unless `caller: anyone` stands there.

use std::collections::BTreeMap;
use std::time::Instant;

use call_model::{Consult, ConsultResult, Consulted, TicketNumber};

use super::NodeId;
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::text::{Line, Template, Voice};
use crate::value::{Type, Value};
use crate::yaml::{Content, Fields, Text, entries, text};

/// A node for tickets.
#[derive(Debug)]
pub(crate) struct Ticket {
    wish: Wish,
    /// What of the ticket goes into which slot.
    save: Vec<(String, String)>,
    say_while: Option<Line>,
    if_failed: NodeId,
    then: NodeId,
}

#[derive(Debug)]
enum Wish {
    Open { kind: Template, fields: Vec<(String, Template)> },
    Find { number: Template, anyone: bool, if_none: NodeId },
}

impl Ticket {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let wish = Wish::read(fields, reading);
        let new = matches!(wish, Some(Wish::Open { .. }));
        let mut save = read_save(fields, reading);
        if new && !save.iter().any(|(what, _)| what == NUMBER) {
            let slot = Text { place: fields.place, text: DEFAULT_SLOT.to_owned() };
            save.extend(reading.declare(&slot, Type::Digits).map(|slot| (NUMBER.to_owned(), slot)));
        }
        let say_while = reading.line(fields, "say_while", "audio_while");
        let fix = "add `if_failed:` with the node that comes next when tickets cannot be reached";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { wish: wish?, save, say_while, if_failed: if_failed?, then: then? })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let sure = |what: &str| [NUMBER, "kind", "status", "opened"].contains(&what);
        let saved = self.save.iter().filter(|(what, _)| sure(what)).map(|(_, slot)| slot.clone()).collect();
        let none = match &self.wish {
            Wish::Open { .. } => None,
            Wish::Find { if_none, .. } => Some((*if_none, Vec::new())),
        };
        [(self.then, saved), (self.if_failed, Vec::new())].into_iter().chain(none).collect()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        self.say_while.iter().collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        match self.request(core) {
            Ok(Some(request)) => {
                let filler: Vec<&Line> = self.say_while.iter().collect();
                Consulting::begin(id, request, &filler, core, now)
            }
            Ok(None) => self.found_none(),
            Err(reason) => Step::Broken(reason),
        }
    }

    /// What the server is asked; nothing where the number cannot be a ticket's.
    fn request(&self, core: &mut Core) -> Result<Option<Consult>, String> {
        match &self.wish {
            Wish::Open { kind, fields } => {
                let key = core.next_order();
                let kind = core.render(kind, Voice::Note)?.trim().to_owned();
                if kind.is_empty() {
                    return Err("the ticket is about nothing: what `open` names is not filled".to_owned());
                }
                let mut written = BTreeMap::new();
                for (name, template) in fields {
                    let text = core.render(template, Voice::Note)?;
                    if !text.trim().is_empty() {
                        written.insert(name.clone(), text);
                    }
                }
                let key = core.key_of(key);
                Ok(Some(Consult::OpenTicket { kind, number: core.caller(), fields: written, key }))
            }
            Wish::Find { number, anyone, .. } => {
                let digits = core.render(number, Voice::Service)?;
                let digits: String = digits.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
                let number = (!anyone).then(|| core.caller());
                Ok(digits.parse::<TicketNumber>().ok().map(|ticket| Consult::FindTicket { ticket, number }))
            }
        }
    }

    pub(crate) fn consulted(&self, result: ConsultResult, core: &mut Core) -> Step {
        match result {
            Ok(Consulted::Ticket { ticket: Some(ticket) }) => {
                for (what, slot) in &self.save {
                    let value = match what.as_str() {
                        NUMBER => Some(Value::Digits(ticket.number.as_str().to_owned())),
                        "kind" => Some(Value::Text(ticket.kind.clone())),
                        "status" => Some(Value::Text(ticket.status.clone())),
                        "opened" => Some(Value::Text(ticket.opened.to_string())),
                        field => ticket.fields.get(field).cloned().map(Value::Text),
                    };
                    if let Some(value) = value {
                        core.fill(slot, value, false);
                    }
                }
                Step::Goto(self.then)
            }
            Ok(Consulted::Ticket { ticket: None }) => self.found_none(),
            Ok(_) | Err(_) => Step::Goto(self.if_failed),
        }
    }

    fn found_none(&self) -> Step {
        match &self.wish {
            Wish::Find { if_none, .. } => Step::Goto(*if_none),
            Wish::Open { .. } => Step::Goto(self.if_failed),
        }
    }
}

impl Wish {
    fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let open = fields.text("open", &mut reading.findings);
        let find = fields.text("find", &mut reading.findings);
        match (open, find) {
            (Some(kind), None) => {
                let fields = read_fields(fields, reading);
                Some(Self::Open { kind: reading.template(&kind)?, fields })
            }
            (None, Some(number)) => {
                let number = reading.template(&number);
                let caller = fields.text("caller", &mut reading.findings);
                let anyone = caller.is_some_and(|caller| match caller.text.as_str() {
                    "anyone" => true,
                    "same" => false,
                    other => {
                        let fix = "write `same` (only this telephone's tickets) or `anyone`";
                        reading.findings.error(caller.place, format!("`caller` cannot be `{other}`"), fix);
                        false
                    }
                });
                let fix = "add `if_none:` with the node that comes next when there is no such ticket";
                let if_none = reading.must_target(fields, "if_none", fix);
                Some(Self::Find { number: number?, anyone, if_none: if_none? })
            }
            (open, _) => {
                let message = match open {
                    Some(_) => "the ticket is both opened and looked for",
                    None => "the ticket is neither opened nor looked for",
                };
                let fix = "write `open: fault` with what it is about, or `find: \"{{ ticket }}\"`, not both";
                reading.findings.error(place, message, fix);
                None
            }
        }
    }
}

/// Takes `fields`: texts by their names, or the names of slots.
fn read_fields(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Vec<(String, Template)> {
    let file = fields.file();
    let Some(tree) = fields.tree("fields") else { return Vec::new() };
    let written: Vec<(Text, Option<Text>)> = match &tree.content {
        Content::List(items) => {
            let names = items.iter().filter_map(|item| text(file, item, "fields", &mut reading.findings));
            let variable = |name: &Text| Text { place: name.place, text: format!("{{{{ {} }}}}", name.text) };
            names.map(|name| (name.clone(), Some(variable(&name)))).collect()
        }
        _ => {
            let named = entries(file, tree, "fields", &mut reading.findings).unwrap_or_default();
            named.into_iter().map(|(name, tree)| (name, text(file, tree, "fields", &mut reading.findings))).collect()
        }
    };
    let mut taken = Vec::new();
    for (name, value) in written {
        if reading.is_variable(&name) {
            let template = value.and_then(|value| reading.template(&value));
            taken.extend(template.map(|template| (name.text, template)));
        }
    }
    taken
}

/// Takes `save`: what goes into which slot.
fn read_save(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Vec<(String, String)> {
    let file = fields.file();
    let mut save = Vec::new();
    for (what, tree) in fields.entries("save", &mut reading.findings).unwrap_or_default() {
        let slot = text(file, tree, "save", &mut reading.findings);
        let of = if what.text == NUMBER { Type::Digits } else { Type::Text };
        save.extend(slot.and_then(|slot| reading.declare(&slot, of)).map(|slot| (what.text, slot)));
    }
    save
}

const NUMBER: &str = "number";
const DEFAULT_SLOT: &str = "ticket";
