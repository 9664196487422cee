//! `when_open`: goes one way in opening hours, and another outside of them.
//!
//! ```yaml
//! desk:
//!   when_open: { hours: service, open: waiting, closed: tell_hours }
//! ```
//!
//! In conditions the same is `open.service`.

use super::NodeId;
use crate::nearest::nearest;
use crate::reading::Reading;
use crate::run::{Core, Step};
use crate::yaml::{Fields, Text, list_of};

/// A node that knows the opening hours.
#[derive(Debug)]
pub(crate) struct WhenOpen {
    hours: String,
    open: NodeId,
    closed: NodeId,
}

impl WhenOpen {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let fix = "add `hours:` with a name that stands under `hours:` at the top";
        let hours = fields.must_text("hours", fix, &mut reading.findings);
        let open = reading.must_target(fields, "open", "add `open:` with the node that comes next in opening hours");
        let closed =
            reading.must_target(fields, "closed", "add `closed:` with the node that comes next outside of them");
        let hours = hours.and_then(|hours| known(&hours, reading));
        Some(Self { hours: hours?, open: open?, closed: closed? })
    }

    pub(crate) fn exits(&self) -> Vec<NodeId> {
        vec![self.open, self.closed]
    }

    pub(crate) fn enter(&self, core: &Core) -> Step {
        Step::Goto(if core.place_is_open(&self.hours) { self.open } else { self.closed })
    }
}

/// Hours that are declared, or the complaint that they are not.
pub(super) fn known(name: &Text, reading: &mut Reading<'_>) -> Option<String> {
    if reading.hours.contains_key(&name.text) {
        return Some(name.text.clone());
    }
    let names: Vec<&String> = reading.hours.keys().collect();
    let fix = match nearest(&name.text, names.iter().map(|name| name.as_str())) {
        Some(known) => format!("write `{known}`"),
        None if names.is_empty() => {
            format!("add `hours: {{ {}: {{ monday to friday: \"08:00-18:00\" }} }}` at the top", name.text)
        }
        None => format!("declare them under `hours:`, or name one of {}", list_of(&names)),
    };
    reading.findings.error(name.place, format!("there are no hours `{}`", name.text), fix);
    None
}
