//! The machine of one call.

use std::time::Instant;

use call_model::{Cause, LegEvent, Party, Prompt, SoundFact, Termination};

use crate::core::{Change, Core};
use crate::output::AcdOrder;
use crate::stage::Stage;
use crate::stage::arriving::Arriving;
use crate::stage::dialling::Dialling;
use crate::{CallStart, Direction, Input, Output, announce};

/// One call: feed it facts, drain its orders after each.
#[derive(Debug)]
pub struct Call {
    core: Core,
    stage: Stage,
}

impl Call {
    /// Begins a call: an inbound one that has just arrived, or an outbound one that may be dialled.
    pub fn new(start: CallStart, now: Instant) -> Self {
        let direction = start.direction.clone();
        let mut core = Core::new(start, now);
        let stage = match direction {
            Direction::Inbound { offer, .. } => Arriving::enter(&mut core, offer),
            Direction::Outbound { .. } => Dialling::enter(&mut core),
        };
        Self { core, stage }
    }

    /// The sentences of the machine itself that are known before any call, for synthesis at start.
    pub fn fixed_prompts(language: &call_model::Language) -> Vec<Prompt> {
        announce::fixed(language)
    }

    /// Tells the call a fact. Facts about legs and orders that are gone are ignored.
    pub fn handle_input(&mut self, input: Input, now: Instant) {
        let Some(input) = self.change_of_caller(input) else { return };
        let Some(input) = self.late_offer(input) else { return };
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        self.stage = match ending(&input, &self.core) {
            Some(termination) => stage.end(termination, &mut self.core, now),
            None => stage.on_input(input, &mut self.core, now),
        };
    }

    /// Lets what is due happen.
    pub fn handle_timeout(&mut self, now: Instant) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        self.stage = if now >= self.longest() && !matches!(stage, Stage::Ending(_) | Stage::Over) {
            stage.end(Termination::new(Party::System, Cause::TooLong), &mut self.core, now)
        } else {
            stage.on_timeout(&mut self.core, now)
        };
    }

    /// When [`Call::handle_timeout`] is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Over => None,
            Stage::Ending(_) => self.stage.poll_timeout(),
            stage => Some(stage.poll_timeout().map_or(self.longest(), |at| at.min(self.longest()))),
        }
    }

    /// The next order, until none is left.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.core.poll_output()
    }

    fn longest(&self) -> Instant {
        self.core.began + self.core.start.limits.longest_call
    }

    /// An offer that comes when the call does not wait any more is closed at once.
    fn late_offer(&mut self, input: Input) -> Option<Input> {
        match input {
            Input::AgentOffered { offer, .. } if !matches!(self.stage, Stage::Waiting(_)) => {
                self.core.acd(AcdOrder::OfferFailed { offer, cause: Cause::Cancelled });
                None
            }
            other => Some(other),
        }
    }

    /// The caller's re-INVITEs run beside every stage.
    fn change_of_caller(&mut self, input: Input) -> Option<Input> {
        let caller = self.core.caller;
        match input {
            Input::Leg { leg, event: LegEvent::ChangeOffered { sdp } } if leg == caller.leg => {
                self.core.caller.change = Change::Offered;
                self.core.push(Output::ChangeSound { leg, offer: sdp });
                None
            }
            Input::SoundReady { leg, sdp } if leg == caller.leg && caller.change == Change::Offered => {
                self.core.caller.change = Change::None;
                self.core.command(leg, call_model::LegCommand::AcceptChange { sdp });
                None
            }
            Input::SoundRefused { leg, .. } if leg == caller.leg && caller.change == Change::Offered => {
                self.core.caller.change = Change::None;
                self.core.command(leg, call_model::LegCommand::RefuseChange { status: 488 });
                None
            }
            other => Some(other),
        }
    }
}

/// Facts that end a call in whatever stage it is.
fn ending(input: &Input, core: &Core) -> Option<Termination> {
    match input {
        Input::EndRequested { by, cause } => Some(Termination::new(*by, *cause)),
        Input::Sound(SoundFact::SilentTooLong { leg }) if *leg == core.caller.leg => {
            Some(Termination::new(Party::System, Cause::MediaTimeout))
        }
        _ => None,
    }
}
