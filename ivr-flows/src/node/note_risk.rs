//! `note_risk`: notes that the caller called with an intent that is a risk, and acts when it happens often.
//!
//! ```yaml
//! leaving:
//!   note_risk: { intent: leave, times: 3, days: 30, if_flagged: care, then: welcome }
//! ```
//!
//! The caller is known by the number. Where the server keeps no such notes, the flow goes on at `then`: to note
//! something must not cost a call.

use std::time::Instant;

use call_model::{Consult, ConsultResult, Consulted};

use super::NodeId;
use super::pre_answer::check_intent;
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::yaml::{Fields, Text};

/// A node that notes a risk.
#[derive(Debug)]
pub(crate) struct NoteRisk {
    intent: Text,
    times: u32,
    days: u32,
    if_flagged: NodeId,
    then: NodeId,
}

impl NoteRisk {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let fix = "add `intent:` with the name of a menu's choice, such as the one to leave";
        let intent = fields.must_text("intent", fix, &mut reading.findings);
        let times = fields.count("times", 1, 100, &mut reading.findings).map_or(DEFAULT_TIMES, |(_, times)| times);
        let days = fields.count("days", 1, 366, &mut reading.findings).map_or(DEFAULT_DAYS, |(_, days)| days);
        let fix = "add `if_flagged:` with the node that comes next when it has happened so often";
        let if_flagged = reading.must_target(fields, "if_flagged", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next otherwise");
        Some(Self { intent: intent?, times, days, if_flagged: if_flagged?, then: then? })
    }

    /// The intent must be one of the flow's.
    pub(crate) fn check(&self, reading: &mut Reading<'_>) {
        check_intent(&self.intent, reading);
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        vec![(self.then, Vec::new()), (self.if_flagged, Vec::new())]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let request = Consult::NoteRisk {
            number: core.caller(),
            intent: self.intent.text.clone(),
            times: self.times,
            days: self.days,
        };
        Consulting::begin(id, request, &[], core, now)
    }

    pub(crate) fn consulted(&self, result: &ConsultResult) -> Step {
        match result {
            Ok(Consulted::Risk { flagged: true, .. }) => Step::Goto(self.if_flagged),
            Ok(_) | Err(_) => Step::Goto(self.then),
        }
    }
}

/// Three calls in a month are no accident.
const DEFAULT_TIMES: u32 = 3;
const DEFAULT_DAYS: u32 = 30;
