//! `queue`: hands the caller to people.
//!
//! ```yaml
//! desk:
//!   queue: { name: service, whisper: "{{ intent }}, account {{ account }}", if_nobody: bye }
//! ```
//!
//! The agent hears the whisper before taking the call. What it names and nobody asked yet is left out.
//!
//! A caller who comes back goes on at `if_nobody`, or where `if_busy`, `if_no_answer`, `if_declined`, `if_closed` and
//! `if_timeout` (after `wait_at_most`) say. A queue with `hours:`, or with hours of its own name, lets nobody in outside of
//! them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use call_model::{BargeIn, QueueId, TransferFailure};

use super::{NodeId, when_open};
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
    if_nobody: NodeId,
    /// Where else it goes on.
    otherwise: BTreeMap<TransferFailure, NodeId>,
    hours: Option<String>,
    pub(crate) wait_at_most: Option<Duration>,
}

impl Queue {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let name =
            fields.must_text("name", "add `name:` with the queue's name as it is configured", &mut reading.findings);
        let line = reading.line(fields, "say", "audio");
        let whisper = fields.text("whisper", &mut reading.findings).and_then(|text| reading.template(&text));
        let fix = "add `if_nobody:` with the node that comes next when no agent can be reached";
        let if_nobody = reading.must_target(fields, "if_nobody", fix);
        let otherwise = read_ways(fields, reading);
        let wait_at_most = reading.duration(fields, "wait_at_most", SHORTEST_WAIT, LONGEST_WAIT);
        let hours = match fields.text("hours", &mut reading.findings) {
            Some(hours) => when_open::known(&hours, reading),
            None => name.as_ref().map(|name| name.text.clone()).filter(|name| reading.hours.contains_key(name)),
        };
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
        Some(Self { name: name?.text, line, whisper, if_nobody: if_nobody?, otherwise, hours, wait_at_most })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        std::iter::once(self.if_nobody).chain(self.otherwise.values().copied()).collect()
    }

    /// Where a caller goes on who comes back.
    pub(crate) fn after(&self, why: TransferFailure) -> NodeId {
        self.otherwise.get(&why).copied().unwrap_or(self.if_nobody)
    }

    pub(crate) fn enter(&self, id: NodeId, core: &mut Core, now: Instant) -> Step {
        if self.hours.as_ref().is_some_and(|hours| !core.place_is_open(hours)) {
            return core.leave_queue(id, TransferFailure::Closed);
        }
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

/// Takes the ways for callers who come back.
pub(super) fn read_ways(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> BTreeMap<TransferFailure, NodeId> {
    let mut ways = BTreeMap::new();
    for (key, why) in WAYS {
        ways.extend(reading.target_or(fields, key, None).map(|to| (why, to)));
    }
    ways
}

const WAYS: [(&str, TransferFailure); 5] = [
    ("if_busy", TransferFailure::Busy),
    ("if_no_answer", TransferFailure::NoAnswer),
    ("if_declined", TransferFailure::Declined),
    ("if_closed", TransferFailure::Closed),
    ("if_timeout", TransferFailure::TimedOut),
];
const SHORTEST_WAIT: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

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
