//! `queue`: hands the caller to people.
//!
//! ```yaml
//! desk:
//!   queue: { name: service, whisper: "{{ intent }}, account {{ account }}", if_nobody: bye }
//! ```
//!
//! The agent hears the whisper before taking the call. What it names and nobody asked yet is left out.

use std::time::Instant;

use call_model::{BargeIn, QueueId};

use super::NodeId;
use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::text::{Line, Template, Voice};
use crate::yaml::Fields;

/// A node that hands the caller to people.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) line: Option<Line>,
    whisper: Option<Template>,
    pub(crate) if_nobody: NodeId,
}

impl Queue {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let name =
            fields.must_text("name", "add `name:` with the queue's name as it is configured", &mut reading.findings);
        let line = reading.line(fields, "say", "audio");
        let whisper = fields.text("whisper", &mut reading.findings).and_then(|text| reading.template(&text));
        let fix = "add `if_nobody:` with the node that comes next when no agent can be reached";
        let if_nobody = reading.must_target(fields, "if_nobody", fix);
        let name = name.filter(|name| {
            let empty = name.text.trim().is_empty();
            if empty {
                reading.findings.error(
                    name.place,
                    "the queue's name is empty",
                    "write the queue's name as it is configured",
                );
            }
            !empty
        });
        Some(Self { name: name?.text, line, whisper, if_nobody: if_nobody? })
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        let lines: Vec<&Line> = self.line.iter().collect();
        Saying::begin(&lines, BargeIn::Never, Afterwards::Enqueue(id), core, now)
    }

    /// The queue, and what the agent hears.
    pub(crate) fn order(&self, core: &Core) -> (QueueId, String) {
        let rendered = self.whisper.as_ref().and_then(|whisper| core.render(whisper, Voice::Agent).ok());
        let whisper = rendered.or_else(|| core.memory.intent_label()).unwrap_or_default();
        (QueueId::new(self.name.clone()), tidy(&whisper))
    }
}

/// Blanks and commas that a variable left behind when it was empty.
fn tidy(text: &str) -> String {
    let parts: Vec<String> =
        text.split(',').map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn what_is_empty_leaves_no_trace_in_a_whisper() {
        assert_eq!(tidy(", account  one two"), "account one two");
        assert_eq!(tidy("bill, ,"), "bill");
    }
}
