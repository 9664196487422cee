//! The end of a call: the record is written first, then the caller hears the last word.

use std::time::Instant;

use call_model::{CallEvent, Disposition, Termination};

use super::Stage;
use crate::core::Core;
use crate::{Input, Output};

/// Waits until the record is durable.
#[derive(Debug)]
pub(crate) struct Ending {
    deadline: Instant,
}

impl Ending {
    pub(crate) fn enter(termination: Termination, disposition: Disposition, core: &mut Core, now: Instant) -> Stage {
        let disposition = core.journal.disposition.unwrap_or(disposition);
        core.event(CallEvent::Ended { termination, disposition }, now);
        let record = core.record(termination, disposition, now);
        core.push(Output::Finish(record));
        Stage::Ending(Self { deadline: now + core.start.limits.record_time })
    }

    pub(crate) fn on_input(self, input: Input, core: &mut Core, _now: Instant) -> Stage {
        match input {
            Input::Stored => Self::part(core),
            _ => Stage::Ending(self),
        }
    }

    pub(crate) fn on_timeout(self, core: &mut Core, now: Instant) -> Stage {
        if now < self.deadline { Stage::Ending(self) } else { Self::part(core) }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// A leg that the peer has ended gets the command too: it releases the answer to the peer's BYE.
    fn part(core: &mut Core) -> Stage {
        let mut caller = core.caller;
        caller.alive = true;
        core.drop_line(&mut caller);
        core.caller = caller;
        core.push(Output::Over);
        Stage::Over
    }
}
