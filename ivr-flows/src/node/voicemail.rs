//! `voicemail`: records a message for the people of a queue.
//!
//! ```yaml
//! closed:
//!   voicemail: { queue: service, say: "Please leave a message.", if_nothing: bye, if_failed: bye, then: thanks }
//! ```
//!
//! What the caller wanted and what was filled goes with it. A caller who hangs up has left what was said until then.

use std::time::Instant;

use call_model::{Consult, ConsultResult, QueueId, RecordResult, Recording, VoicemailLabel};

use super::NodeId;
use super::record::{Recorder, Take};
use crate::reading::Reading;
use crate::run::{Consulting, Core, Step};
use crate::text::Line;
use crate::yaml::Fields;

/// A node that takes a message.
#[derive(Debug)]
pub(crate) struct Voicemail {
    pub(crate) queue: String,
    take: Take,
    if_nothing: NodeId,
    if_failed: NodeId,
    then: NodeId,
}

impl Voicemail {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let fix = "add `queue:` with the queue whose people hear the message, as it is configured";
        let queue = fields.must_text("queue", fix, &mut reading.findings);
        let take = Take::read(fields, reading);
        let fix = "add `if_nothing:` with the node that comes next when the caller said nothing";
        let if_nothing = reading.must_target(fields, "if_nothing", fix);
        let fix = "add `if_failed:` with the node that comes next when no message can be taken";
        let if_failed = reading.must_target(fields, "if_failed", fix);
        let then = reading.must_target(fields, "then", "add `then:` with the node that comes next");
        Some(Self { queue: queue?.text, take: take?, if_nothing: if_nothing?, if_failed: if_failed?, then: then? })
    }

    pub(crate) fn exits(&self) -> Vec<(NodeId, Vec<String>)> {
        [self.then, self.if_nothing, self.if_failed].map(|to| (to, Vec::new())).into()
    }

    pub(crate) fn lines(&self) -> Vec<&Line> {
        vec![self.take.line()]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        Recorder::begin(id, &self.take, Some(self.label(core)), core, now)
    }

    /// The caller has spoken.
    pub(crate) fn recorded(&self, id: NodeId, result: RecordResult, core: &mut Core, now: Instant) -> Step {
        let (recording, length_ms) = match result {
            Ok(Recording { id: Some(recording), length_ms, .. }) => (recording, length_ms),
            Ok(Recording { id: None, .. }) => return Step::Goto(self.if_nothing),
            Err(_) => return Step::Goto(self.if_failed),
        };
        let request = Consult::KeepVoicemail { label: self.label(core), recording, length_ms };
        Consulting::begin(id, request, &[], core, now)
    }

    fn label(&self, core: &Core) -> VoicemailLabel {
        let learnt = core.memory.handover();
        VoicemailLabel {
            queue: QueueId::new(self.queue.clone()),
            number: core.caller(),
            intent: learnt.intent,
            slots: learnt.slots,
        }
    }

    pub(crate) fn consulted(&self, result: &ConsultResult) -> Step {
        Step::Goto(if result.is_ok() { self.then } else { self.if_failed })
    }
}
