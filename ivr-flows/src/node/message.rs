//! `message`: sends somebody a message, by SMS or another way that is configured.
//!
//! ```yaml
//! tell:
//!   message: { by: sms, text: "Your ticket is {{ ticket }}.", if_failed: bye, then: bye }
//! ```
//!
//! It goes to the caller unless `to:` says otherwise. The flow goes on as soon as the message is in the outbox, on
//! disk; it is sent once, even if the call ends now. What cannot be taken leads to `if_failed`.

use std::collections::BTreeMap;
use std::time::Instant;

use call_model::{Consult, ConsultResult, OrderId};

use super::NodeId;
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::text::{Template, Voice};
use crate::value::Value;
use crate::yaml::Fields;

/// A node that sends a message.
#[derive(Debug)]
pub(crate) struct Message {
    letter: Letter,
    if_failed: NodeId,
    then: NodeId,
}

/// A message as it is written in a flow.
#[derive(Debug)]
pub(crate) struct Letter {
    by: String,
    to: Option<Template>,
    text: Template,
}

impl Message {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let letter = Letter::read(fields, reading);
        let fix = "add `if_failed:` with the node that comes next when the message cannot be sent";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { letter: letter?, if_failed: if_failed?, then: then? })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        vec![(self.then, Vec::new()), (self.if_failed, Vec::new())]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let key = core.next_order();
        match self.letter.write(key, core) {
            Ok(message) => Consulting::begin(id, Consult::SendMessage { message }, &[], core, now),
            Err(reason) => Step::Broken(reason),
        }
    }

    pub(crate) fn consulted(&self, result: &ConsultResult) -> Step {
        Step::Goto(if result.is_ok() { self.then } else { self.if_failed })
    }
}

impl Letter {
    /// Takes `by`, `to` and `text`.
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let fix = "add `by: sms`, or `by:` with the name of a webhook as it is configured";
        let by = fields.must_text("by", fix, &mut reading.findings);
        let to = fields.text("to", &mut reading.findings).and_then(|to| reading.template(&to));
        let text = fields.must_text("text", "add `text:` with the words of the message", &mut reading.findings);
        let text = text.and_then(|text| {
            let empty = text.text.trim().is_empty();
            if empty {
                reading.findings.error(text.place, "the message is empty", "write the words of the message");
            }
            if empty { None } else { reading.template(&text) }
        });
        let by = by.filter(|by| {
            let named = !by.text.trim().is_empty();
            if !named {
                reading.findings.error(by.place, "the way of the message is empty", "write `by: sms`");
            }
            named
        });
        Some(Self { by: by?.text, to, text: text? })
    }

    /// Whether these words stand in it.
    pub(crate) fn says(&self, words: &str) -> bool {
        match &self.text {
            Template::Fixed(text) | Template::Varying(_, text) => text.contains(words),
        }
    }

    /// The message, with a key that is the same in every run of the same call.
    pub(crate) fn write(&self, key: OrderId, core: &Core) -> Result<call_model::Message, String> {
        self.write_with(key, &BTreeMap::new(), core)
    }

    /// The same with values for variables that are not filled yet.
    pub(crate) fn write_with(
        &self,
        key: OrderId,
        more: &BTreeMap<String, Value>,
        core: &Core,
    ) -> Result<call_model::Message, String> {
        let to = match &self.to {
            Some(to) => core.render(to, Voice::Service)?,
            None => core.caller(),
        };
        let mut values = core.memory.texts().clone();
        values.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        let text = core.render_with(&self.text, &values, Voice::Message)?;
        Ok(call_model::Message { by: self.by.clone(), to, text, key: core.key_of(key) })
    }
}
