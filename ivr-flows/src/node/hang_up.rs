//! `hang_up`: says goodbye and ends the call.
//!
//! ```yaml
//! bye:
//!   hang_up: { say: "Goodbye." }
//! ```

use std::time::Instant;

use call_model::BargeIn;

use crate::reading::Reading;
use crate::run::{Afterwards, Core, Saying, Step};
use crate::text::Line;
use crate::yaml::Fields;

/// A node that ends the call.
#[derive(Debug)]
pub(crate) struct HangUp {
    pub(crate) line: Option<Line>,
}

impl HangUp {
    pub(crate) fn read(fields: &mut Fields<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        Some(Self { line: reading.line(fields, "say", "audio") })
    }

    pub(crate) fn enter(&self, core: &mut Core, now: Instant) -> Step {
        let lines: Vec<&Line> = self.line.iter().collect();
        Saying::begin(&lines, BargeIn::Never, Afterwards::HangUp, core, now)
    }
}
