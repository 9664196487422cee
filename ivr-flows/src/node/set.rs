//! `set`: fills slots and the disposition without asking.
//!
//! ```yaml
//! note:
//!   set: { disposition: not_interested, slots: { reason: "price" }, then: bye }
//! ```
//!
//! A choice of a menu may hold the same as `set: { ... }`, without `then`.

use std::collections::BTreeMap;

use call_model::Disposition;

use super::NodeId;
use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::text::{Template, Voice};
use crate::value::Type;
use crate::yaml::{Fields, Shape, list_of, text};

/// A node that fills slots.
#[derive(Debug)]
pub(crate) struct Set {
    values: Settings,
    pub(crate) then: NodeId,
}

/// What is filled.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    disposition: Option<Disposition>,
    slots: Vec<(Place, String, Template)>,
}

impl Set {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let values = Settings::read(fields, reading);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        if values.disposition.is_none() && values.slots.is_empty() && !reading.findings.has_errors() {
            reading.findings.error(
                place,
                "the node sets nothing",
                "add `disposition:` or `slots: { name: \"value\" }`",
            );
        }
        Some(Self { values, then: then? })
    }

    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        self.values.check(scope, reading);
    }

    pub(crate) fn fills(&self) -> impl Iterator<Item = &str> {
        self.values.fills()
    }

    pub(crate) fn enter(&self, core: &mut Core) -> Step {
        match self.values.apply(core) {
            Ok(()) => Step::Goto(self.then),
            Err(reason) => Step::Broken(reason),
        }
    }
}

impl Settings {
    /// Takes `disposition` and `slots`.
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Self {
        let disposition = fields.text("disposition", &mut reading.findings);
        fields.shaped(Shape::OneOf(Disposition::ALL.iter().map(|known| known.as_str()).collect()));
        let disposition = disposition.and_then(|text| {
            let known = text.text.parse::<Disposition>().ok();
            if known.is_none() {
                let names: Vec<&str> = Disposition::ALL.iter().map(|disposition| disposition.as_str()).collect();
                let fix = match nearest(&text.text, names.iter().copied()) {
                    Some(known) => format!("write `{known}`"),
                    None => format!("write one of {}", list_of(&names)),
                };
                reading.findings.error(text.place, format!("there is no disposition `{}`", text.text), fix);
            }
            known
        });
        let mut slots = Vec::new();
        let file = fields.file();
        for (name, tree) in fields.entries("slots", &mut reading.findings).unwrap_or_default() {
            let value = text(file, tree, "slots", &mut reading.findings);
            let template = value.as_ref().and_then(|value| reading.template(value));
            if let (Some(slot), Some(value), Some(template)) = (reading.declare(&name, Type::Text), value, template) {
                slots.push((value.place, slot, template));
            }
        }
        Self { disposition, slots }
    }

    pub(crate) fn check(&self, scope: &BTreeMap<String, Type>, reading: &mut Reading<'_>) {
        for (place, slot, template) in &self.slots {
            let (Some(of), Template::Fixed(value)) = (scope.get(slot), template) else { continue };
            if of.parse(value).is_none() {
                let message = format!("the slot `{slot}` is {} and cannot be \"{value}\"", of.what());
                reading.findings.error(*place, message, "write a value of that kind, or use another slot");
            }
        }
    }

    pub(crate) fn fills(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|(_, slot, _)| slot.as_str())
    }

    /// Fills the slots and the disposition. The error says why a value could not be filled.
    pub(crate) fn apply(&self, core: &mut Core) -> Result<(), String> {
        for (_, slot, template) in &self.slots {
            let text = core.render(template, Voice::Service)?;
            let of = core.part().scope.get(slot).unwrap_or(&Type::Text);
            let value =
                of.parse(&text).ok_or_else(|| format!("the slot `{slot}` is {} and cannot be filled so", of.what()))?;
            core.fill(slot, value, false);
        }
        if let Some(disposition) = self.disposition {
            core.set_disposition(disposition);
        }
        Ok(())
    }
}
