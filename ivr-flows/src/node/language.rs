//! `language`: goes on in another language, at the same place and with everything that is known.
//!
//! ```yaml
//! choose:
//!   language:
//!     by: "{{ customer.language }}"        # the caller's record; asked only where it says nothing
//!     say: "For English press 1. 中文请按 2."
//!     choices:
//!       en: { hear: [english], press: "1" }
//!       zh: { hear: [chinese], press: "2" }
//!     then: welcome
//! ```
//!
//! `to: zh` goes over without asking. The other language has a file of its own beside this one, `hotline.zh.yaml` for
//! `hotline.yaml`, with the same nodes.

use std::time::Instant;

use super::choice::{compile, read_written};
use super::form::Form;
use super::manner::Manner;
use super::question::{PERSON, Question, node_asides};
use super::slot::{Slot, SlotKind};
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Asking, Core, Step};
use crate::text::{Template, Voice};
use crate::understand::SlotType;
use crate::yaml::{Fields, Text};

/// A node that goes on in another language.
#[derive(Debug)]
pub(crate) struct SwitchLanguage {
    by: Option<Template>,
    pub(crate) how: How,
    /// The languages that it knows.
    languages: Vec<String>,
    then: NodeId,
}

/// How the language is found where the caller's record says nothing.
#[derive(Debug)]
pub(crate) enum How {
    /// The caller chooses.
    Asked(Box<Form>),
    /// It is this one.
    Always(String),
    /// It stays as it is.
    Stays,
}

impl SwitchLanguage {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let place = fields.place;
        let by = fields.text("by", &mut reading.findings).and_then(|text| reading.template(&text));
        let to = fields.text("to", &mut reading.findings);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        let names = fields.entries("choices", &mut reading.findings);
        let mut languages: Vec<Text> = to.iter().cloned().collect();
        let how = match (names, to) {
            (Some(entries), _) => {
                let asides = node_asides(fields, around, reading);
                let manner = Manner::read(fields, &around.manner, reading);
                let question = Question::read(fields, "the choice of a language", manner.clone(), &asides, reading);
                let mut written = Vec::new();
                for (name, tree) in entries {
                    let Some(mut inner) = reading.open(fields.file(), tree, format!("the language `{}`", name.text))
                    else {
                        continue;
                    };
                    languages.push(name.clone());
                    written.push(read_written(&mut inner, name, Vec::new(), reading));
                    inner.finish(&mut reading.findings);
                }
                let kind = SlotKind::new(SlotType::OneOf(compile(written, &asides, reading)), &asides, reading);
                question.zip(then).map(|(question, then)| {
                    let slot = Slot::unnamed(question, kind);
                    How::Asked(Box::new(Form::of_one(slot, manner, &asides, then, reading)))
                })
            }
            (None, Some(to)) => Some(How::Always(to.text)),
            (None, None) if by.is_some() => Some(How::Stays),
            (None, None) => {
                let fix = "add `to: zh`, `choices:` with the languages, or `by: \"{{ customer.language }}\"`";
                reading.findings.error(place, "the node does not say how the language is found", fix);
                None
            }
        };
        reading.switches.extend(languages.iter().cloned());
        let languages = languages.into_iter().map(|name| name.text).collect();
        Some(Self { by, how: how?, languages, then: then? })
    }

    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.how {
            How::Asked(form) => Some(form),
            How::Always(_) | How::Stays => None,
        }
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        let failed = self.form().map(Form::exits).unwrap_or_default().into_iter().map(|(to, _)| to);
        std::iter::once(self.then).chain(failed).collect()
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let recorded = self.by.as_ref().and_then(|by| core.render(by, Voice::Service).ok());
        if let Some(language) = recorded.filter(|language| core.speaks(language)) {
            return core.speak(&language, self.then);
        }
        match &self.how {
            How::Asked(_) => Asking::begin(id, core, now),
            How::Always(language) => core.speak(language, self.then),
            How::Stays => Step::Goto(self.then),
        }
    }

    /// The caller has chosen.
    pub(crate) fn answered(&self, meaning: &str, core: &mut Core) -> Step {
        if meaning == PERSON || !self.languages.iter().any(|language| language == meaning) {
            return Step::Person;
        }
        core.speak(meaning, self.then)
    }
}
