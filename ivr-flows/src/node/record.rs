//! `record`: lets the caller speak, and keeps it as a file.
//!
//! ```yaml
//! describe:
//!   record: { slot: complaint, say: "Please tell us after the tone.", if_nothing: desk, if_failed: desk, then: bye }
//! ```
//!
//! It ends after silence (`final_silence`), at a key, or after the longest time (`max`). The slot's value is the name
//! of the recording. Nothing said leads to `if_nothing`. Callers must be told beforehand that they are recorded.

use std::time::{Duration, Instant};

use call_model::{BargeIn, RecordRequest, RecordResult, Recording, VoicemailLabel};

use super::NodeId;
use crate::reading::Reading;
use crate::run::{Core, Dictation, Errand, Fact, Stage, Step, WaitsFor};
use crate::text::Line;
use crate::value::{Type, Value};
use crate::yaml::Fields;

/// A node that records the caller.
#[derive(Debug)]
pub(crate) struct Record {
    slot: String,
    take: Take,
    if_nothing: NodeId,
    if_failed: NodeId,
    then: NodeId,
}

/// How the caller is recorded.
#[derive(Debug)]
pub(crate) struct Take {
    line: Line,
    request: RecordRequest,
}

/// The caller is told to speak, or speaks.
#[derive(Debug)]
pub(crate) struct Recorder {
    node: NodeId,
    dictation: Dictation,
}

impl Record {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let take = Take::read(fields, reading);
        let slot = fields.must_text("slot", "add `slot:` with a name for the recording", &mut reading.findings);
        let slot = slot.and_then(|slot| reading.declare(&slot, Type::Text));
        let fix = "add `if_nothing:` with the node that comes next when the caller said nothing";
        let if_nothing = reading.must_target(fields, "if_nothing", fix);
        let fix = "add `if_failed:` with the node that comes next when nothing can be recorded";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { slot: slot?, take: take?, if_nothing: if_nothing?, if_failed: if_failed?, then: then? })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        let recorded = (self.then, vec![self.slot.clone()]);
        vec![recorded, (self.if_nothing, Vec::new()), (self.if_failed, Vec::new())]
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        vec![&self.take.line]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        Recorder::begin(id, &self.take, None, core, now)
    }

    /// The caller has spoken.
    pub(crate) fn recorded(&self, result: RecordResult, core: &mut Core) -> Step {
        match result {
            Ok(Recording { id: Some(id), .. }) => {
                core.fill(&self.slot, Value::Text(id.to_string()), false);
                Step::Goto(self.then)
            }
            Ok(Recording { id: None, .. }) => Step::Goto(self.if_nothing),
            Err(_) => Step::Goto(self.if_failed),
        }
    }
}

impl Take {
    /// Takes what is said before, `beep`, `max`, `final_silence` and `key_ends`.
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let line = reading.must_line(fields, "the recording");
        let request = read_request(fields, reading);
        Some(Self { line: line?, request })
    }
}

/// Takes `beep`, `max`, `final_silence` and `key_ends`.
pub(crate) fn read_request(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> RecordRequest {
    let beep = fields.flag("beep", &mut reading.findings).unwrap_or(true);
    let key_ends = fields.flag("key_ends", &mut reading.findings).unwrap_or(true);
    let max = reading.duration(fields, "max", Duration::from_secs(1), Duration::from_secs(600));
    let silence = reading.duration(fields, "final_silence", Duration::from_millis(500), Duration::from_secs(30));
    let ms = |taken: Option<Duration>, otherwise: Duration| {
        u32::try_from(taken.unwrap_or(otherwise).as_millis()).unwrap_or(u32::MAX)
    };
    let (max_ms, final_silence_ms) = (ms(max, DEFAULT_MAX), ms(silence, DEFAULT_SILENCE));
    RecordRequest { beep, max_ms, final_silence_ms, key_ends, voicemail: None }
}

impl Take {
    pub(crate) fn line(&self) -> &Line {
        &self.line
    }
}

impl Recorder {
    /// Tells the caller to speak and records. The node goes on with what was recorded
    /// ([`super::Outside::recorded`]).
    pub(crate) fn begin(
        node: NodeId,
        take: &Take,
        voicemail: Option<VoicemailLabel>,
        core: &mut Core,
        now: Instant,
    ) -> Step {
        core.attended();
        let request = RecordRequest { voicemail, ..take.request.clone() };
        match core.play(&[&take.line], BargeIn::ByKey, now) {
            Ok(Some(order)) => {
                let dictation = Dictation::begin(node, request, Some(order), core, now);
                Step::Wait(Stage::Errand(Box::new(Self { node, dictation })))
            }
            // A recording without words cannot be read from a flow.
            Ok(None) => Step::Broken("nothing is said before the recording".to_owned()),
            Err(reason) => Step::Broken(reason),
        }
    }
}

impl Errand for Recorder {
    fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        match self.dictation.on_fact(fact, core, now) {
            Some(result) => {
                let flow = core.flow.clone();
                flow.nodes[self.node.0].recorded(self.node, result, core, now)
            }
            None => Step::Wait(Stage::Errand(self)),
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.dictation.poll_timeout()
    }

    fn waits_for(&self) -> WaitsFor {
        self.dictation.waits_for()
    }
}

const DEFAULT_MAX: Duration = Duration::from_secs(120);
/// Who thinks about the next sentence is silent for two seconds and more.
const DEFAULT_SILENCE: Duration = Duration::from_secs(4);
