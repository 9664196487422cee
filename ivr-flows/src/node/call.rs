//! `call`: goes through a sub-flow and comes back with its results.
//!
//! ```yaml
//! identify:
//!   call: { flow: verify_id, with: { account: "{{ account }}" }, save: { proved: verified }, then: choose }
//! ```
//!
//! `with:` gives what the sub-flow declares under `takes:`. `save:` fills slots of the caller with what it declares under
//! `returns:`: the slot's name first, then the result's. Its other variables are its own.

use std::collections::BTreeMap;

use super::{Node, NodeId};
use crate::nearest::nearest;
use crate::part::{self, Part};
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::{Template, Voice};
use crate::value::{Type, Value};
use crate::yaml::{Fields, Text, list_of, text};

/// A node that goes through a sub-flow.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) part: usize,
    with: Vec<(Text, Template)>,
    /// The caller's slots and the results that fill them.
    pub(crate) save: Vec<(String, String)>,
    pub(crate) then: NodeId,
}

impl Call {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let name = fields.must_text("flow", "add `flow:` with the name of a sub-flow's file", &mut reading.findings);
        let part = name.and_then(|name| part::called(&name, reading));
        let file = fields.file();
        let mut with = Vec::new();
        for (name, tree) in fields.entries("with", &mut reading.findings).unwrap_or_default() {
            let value = text(file, tree, "with", &mut reading.findings);
            let template = value.and_then(|value| reading.template(&value));
            with.extend(template.map(|template| (name, template)));
        }
        let mut save = Vec::new();
        for (slot, tree) in fields.entries("save", &mut reading.findings).unwrap_or_default() {
            let result = text(file, tree, "save", &mut reading.findings);
            let of = result.as_ref().and_then(|result| result_type(part?, result, reading));
            // A slot of an unknown type is declared all the same, lest every use of it is complained of.
            let slot = reading.declare(&slot, of.unwrap_or(Type::Text));
            save.extend(slot.zip(result.map(|result| result.text)));
        }
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { part: part?, with, save, then: then? })
    }

    /// What the sub-flow takes must be given, and nothing else.
    pub(crate) fn check(&self, node: &Node, parts: &[Part], reading: &mut Reading<'_>) {
        let called = &parts[self.part];
        for (name, template) in &self.with {
            match (called.takes.get(&name.text), template) {
                (None, _) => {
                    let names: Vec<&String> = called.takes.keys().collect();
                    let fix = match nearest(&name.text, names.iter().map(|name| name.as_str())) {
                        Some(known) => format!("write `{known}`"),
                        None => format!("it takes {}", list_of(&names)),
                    };
                    let message = format!("the sub-flow `{}` takes no `{}`", called.name, name.text);
                    reading.findings.error(name.place, message, fix);
                }
                (Some(of), Template::Fixed(value)) if of.parse(value).is_none() => {
                    let message = format!("`{}` is {} and cannot be \"{value}\"", name.text, of.what());
                    reading.findings.error(name.place, message, "write a value of that kind");
                }
                (Some(_), _) => {}
            }
        }
        for missing in called.takes.keys().filter(|taken| !self.with.iter().any(|(name, _)| name.text == **taken)) {
            let fix = format!("add `with: {{ {missing}: \"{{{{ {missing} }}}}\" }}`");
            reading.findings.error(node.place, format!("the sub-flow `{}` needs `{missing}`", called.name), fix);
        }
    }

    pub(crate) fn exits(&self, parts: &[Part]) -> Vec<(NodeId, Vec<String>)> {
        let saved = self.save.iter().map(|(slot, _)| slot.clone()).collect();
        vec![(self.then, saved), (parts[self.part].start, Vec::new())]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core) -> Step {
        let flow = core.flow.clone();
        let called = &flow.parts[self.part];
        let mut taken = BTreeMap::new();
        for (name, template) in &self.with {
            let text = match core.render(template, Voice::Service) {
                Ok(text) => text,
                Err(reason) => return Step::Broken(reason),
            };
            // What does not fit counts as empty, as with what a call brings along: conditions on it do not hold.
            let of = called.takes.get(&name.text).unwrap_or(&Type::Text);
            taken.insert(name.text.clone(), of.parse(&text).unwrap_or(Value::Text(String::new())));
        }
        core.call(id, self.part, taken)
    }

    /// The sub-flow has ended.
    pub(crate) fn returned(&self, results: &BTreeMap<String, Value>, core: &mut Core) -> Step {
        for (slot, result) in &self.save {
            if let Some(value) = results.get(result) {
                core.fill(slot, value.clone(), false);
            }
        }
        Step::Goto(self.then)
    }
}

fn result_type(part: usize, result: &Text, reading: &mut Reading<'_>) -> Option<Type> {
    let draft = &reading.parts[part];
    if let Some(of) = draft.returns.get(&result.text) {
        return Some(of.clone());
    }
    let names: Vec<&String> = draft.returns.keys().collect();
    let fix = match nearest(&result.text, names.iter().map(|name| name.as_str())) {
        Some(known) => format!("write `{known}`"),
        None => format!("it returns {}", list_of(&names)),
    };
    let message = format!("the sub-flow `{}` returns no `{}`", draft.name, result.text);
    reading.findings.error(result.place, message, fix);
    None
}
