//! `play`: says something and goes on.
//!
//! ```yaml
//! tell:
//!   play: { say: "You owe {{ balance.amount }}.", then: bye }
//! ```
//!
//! A key interrupts it (`barge_in: never` prevents that) and is kept for the nodes that follow.

use std::time::Instant;

use call_model::BargeIn;

use super::NodeId;
use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::text::Line;
use crate::yaml::{Fields, Shape};

/// A node that says something.
#[derive(Debug)]
pub(crate) struct Play {
    pub(crate) line: Line,
    pub(crate) then: NodeId,
    barge_in: BargeIn,
}

impl Play {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let line = reading.must_line(fields, "the node");
        let barge_in = read_barge_in(fields, BargeIn::ByKey, reading);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { line: line?, then: then?, barge_in })
    }

    pub(super) fn new(line: Line, barge_in: BargeIn, then: NodeId) -> Self {
        Self { line, then, barge_in }
    }

    pub(crate) fn enter(&self, core: &mut Core, now: Instant) -> Step {
        Saying::begin(&[&self.line], self.barge_in, Afterwards::Goto(self.then), core, now)
    }
}

/// Takes `barge_in`.
pub(super) fn read_barge_in(fields: &mut Fields<'_>, otherwise: BargeIn, reading: &mut Reading<'_>) -> BargeIn {
    let text = fields.text("barge_in", &mut reading.findings);
    fields.shaped(Shape::OneOf(vec!["never", "by_key", "by_speech"]));
    let Some(text) = text else { return otherwise };
    match text.text.as_str() {
        "never" => BargeIn::Never,
        "by_key" => BargeIn::ByKey,
        "by_speech" => BargeIn::BySpeech,
        "by_word" => BargeIn::ByWord,
        _ => {
            reading.findings.error(
                text.place,
                format!("`barge_in` cannot be `{}`", text.text),
                "write never, by_key, by_speech or by_word",
            );
            otherwise
        }
    }
}
