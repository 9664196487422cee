//! An inbound call until its ACK: sound is opened and the row written, then it is answered.

use std::sync::Arc;
use std::time::Instant;

use call_model::{CallEvent, Cause, Disposition, LegCommand, LegEvent, Party, Termination};

use super::conversing::Conversing;
use super::ending::Ending;
use super::{Stage, caller_left};
use crate::core::Core;
use crate::{Input, Output, SoundTrouble};

/// Waits for the row, the sound and then the ACK.
#[derive(Debug)]
pub(crate) struct Arriving {
    begun: bool,
    description: Option<Arc<[u8]>>,
    answered: bool,
}

impl Arriving {
    pub(crate) fn enter(core: &mut Core, offer: Option<Arc<[u8]>>) -> Stage {
        core.push(Output::Begin);
        core.open_sound(core.caller.leg, offer);
        Stage::Arriving(Self { begun: false, description: None, answered: false })
    }

    pub(crate) fn on_input(mut self, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            return self.end(termination, core, now);
        }
        match input {
            Input::Begun => self.begun = true,
            Input::NotBegun => return self.refuse(503, Cause::Overload, core, now),
            Input::SoundReady { leg, sdp } if leg == core.caller.leg => {
                core.caller.sound = true;
                self.description = Some(sdp);
            }
            Input::SoundRefused { leg, why } if leg == core.caller.leg => {
                let (status, cause) = refusal(why);
                return self.refuse(status, cause, core, now);
            }
            Input::Leg { event: LegEvent::Answered { sdp }, .. } => return Self::converse(sdp, core, now),
            _ => {}
        }
        self.answer_when_ready(core);
        Stage::Arriving(self)
    }

    fn answer_when_ready(&mut self, core: &mut Core) {
        if !self.begun || self.answered {
            return;
        }
        let Some(sdp) = self.description.take() else { return };
        self.answered = true;
        core.command(core.caller.leg, LegCommand::Answer { sdp });
    }

    fn converse(answer: Option<Arc<[u8]>>, core: &mut Core, now: Instant) -> Stage {
        if let Some(answer) = answer {
            core.push(Output::AnswerSound { leg: core.caller.leg, answer });
        }
        core.event(CallEvent::Answered, now);
        Conversing::begin(core, now)
    }

    fn refuse(self, status: u16, cause: Cause, core: &mut Core, now: Instant) -> Stage {
        let retry_after = (status == 503).then_some(RETRY_AFTER_SECONDS);
        core.command(core.caller.leg, LegCommand::Reject { status, retry_after });
        core.caller.alive = false;
        let termination = Termination { by: Party::System, cause, sip_status: Some(status) };
        self.end(termination, core, now)
    }

    pub(crate) fn end(self, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let disposition = match termination.cause {
            Cause::Cancelled | Cause::Normal => Disposition::HungUpInFlow,
            _ => Disposition::Failed,
        };
        Ending::enter(termination, disposition, core, now)
    }
}

fn refusal(why: SoundTrouble) -> (u16, Cause) {
    match why {
        SoundTrouble::NoCommonCodec => (488, Cause::NoCommonMedia),
        SoundTrouble::BadDescription => (400, Cause::NoCommonMedia),
        SoundTrouble::Full => (503, Cause::Overload),
    }
}

const RETRY_AFTER_SECONDS: u32 = 10;
