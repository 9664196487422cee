//! An outbound call until its answer.

use std::sync::Arc;
use std::time::Instant;

use call_model::{CallEvent, Cause, Disposition, LegEvent, Party, Termination};

use super::conversing::Conversing;
use super::ending::Ending;
use super::{Stage, caller_left};
use crate::core::{Core, unanswered};
use crate::output::Destination;
use crate::{Direction, Input, Output};

/// Waits for the row and the sound, then for the answer.
#[derive(Debug)]
pub(crate) struct Dialling {
    begun: bool,
    description: Option<Arc<[u8]>>,
    sent: bool,
    rang: bool,
}

impl Dialling {
    pub(crate) fn enter(core: &mut Core) -> Stage {
        core.push(Output::Begin);
        core.open_sound(core.caller.leg, None);
        // Signalling knows the leg from its INVITE on.
        core.caller.alive = false;
        Stage::Dialling(Self { begun: false, description: None, sent: false, rang: false })
    }

    pub(crate) fn on_input(mut self, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            return self.end(termination, core, now);
        }
        let caller = core.caller.leg;
        match input {
            Input::Begun => self.begun = true,
            Input::NotBegun => return self.end(Termination::new(Party::System, Cause::Overload), core, now),
            Input::SoundReady { leg, sdp } if leg == caller => {
                core.caller.sound = true;
                self.description = Some(sdp);
            }
            Input::SoundRefused { leg, .. } if leg == caller => {
                let cause = if self.sent { Cause::NoCommonMedia } else { Cause::Overload };
                return self.end(Termination::new(Party::System, cause), core, now);
            }
            Input::Leg { leg, event: LegEvent::Ringing { sdp } } if leg == caller => {
                if let Some(answer) = sdp {
                    core.push(Output::AnswerSound { leg, answer });
                }
                if !self.rang {
                    self.rang = true;
                    core.event(CallEvent::Ringing, now);
                }
            }
            Input::Leg { leg, event: LegEvent::Answered { sdp } } if leg == caller => {
                return Self::converse(sdp, core, now);
            }
            _ => {}
        }
        self.dial_when_ready(core);
        Stage::Dialling(self)
    }

    fn dial_when_ready(&mut self, core: &mut Core) {
        if !self.begun || self.sent {
            return;
        }
        let Direction::Outbound { leg, number, trunk, ring_time, .. } = &core.start.direction else { return };
        let Some(sdp) = self.description.take() else { return };
        self.sent = true;
        core.caller.alive = true;
        let output = Output::Originate {
            leg: *leg,
            destination: Destination::Number { trunk: trunk.clone(), number: number.clone() },
            caller: core.start.called.clone(),
            sdp,
            headers: Vec::new(),
            ring_time: *ring_time,
        };
        core.push(output);
    }

    fn converse(answer: Option<Arc<[u8]>>, core: &mut Core, now: Instant) -> Stage {
        if let Some(answer) = answer {
            core.push(Output::AnswerSound { leg: core.caller.leg, answer });
        }
        core.event(CallEvent::Answered, now);
        Conversing::begin(core, now)
    }

    pub(crate) fn end(self, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let disposition = match termination.cause {
            // The person heard it ring, which counts as a try.
            Cause::Cancelled if self.rang => Disposition::NoAnswer,
            cause => unanswered(cause),
        };
        Ending::enter(termination, disposition, core, now)
    }
}
