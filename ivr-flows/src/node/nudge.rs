//! `nudge`: tells of a quicker way for the next time, once in a call, and sends it as a message.
//!
//! ```yaml
//! hint:
//!   nudge:
//!     say: "Next time, send BILL to 100 and have it at once."
//!     message: { by: sms, text: "Send BILL to 100 for your balance." }
//!     then: bye
//! ```
//!
//! It is a `play` node; the `message` (`hint.message`) is one of that kind. Whoever heard it in this call goes on at once.

use std::time::Instant;

use call_model::BargeIn;

use super::compose;
use super::{NodeId, Surroundings};
use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::text::Line;
use crate::yaml::{Content, Fields};

/// A node that tells of a quicker way.
#[derive(Debug)]
pub(crate) struct Nudge {
    pub(crate) line: Line,
    /// The message, or where it goes on.
    told: NodeId,
    then: NodeId,
}

impl Nudge {
    pub(crate) fn read(fields: &mut Fields<'_>, around: &Surroundings, reading: &mut Reading<'_>) -> Option<Self> {
        let line = reading.must_line(fields, "the nudge");
        let written = fields.must_text("then", "add `then:` with the node that comes next", &mut reading.findings);
        let then = written.as_ref().and_then(|written| reading.node(written));
        let file = fields.file();
        let told = match fields.has("message") {
            false => {
                fields.tree("message");
                then
            }
            true => {
                let fix = "write `message: { by: sms, text: \"...\" }`";
                let tree = compose::mapping(fields, "message", fix, reading)?.clone();
                let next = Content::Text(written?.text);
                let mut tree = compose::with(tree, "then", next.clone());
                if !compose::has(&tree, "if_failed") {
                    tree = compose::with(tree, "if_failed", next);
                }
                compose::bring("message", "message", &tree, file, around, reading)
            }
        };
        Some(Self { line: line?, told: told?, then: then? })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.told, self.then]
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let name = core.flow.nodes[id.0].name.clone();
        if !core.memory.first_time(&name) {
            return Step::Goto(self.then);
        }
        Saying::begin(&[&self.line], BargeIn::ByKey, Afterwards::Goto(self.told), core, now)
    }
}
