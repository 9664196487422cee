//! Caller and agent hear each other.

use std::time::Instant;

use call_model::{AgentId, CallEvent, Cause, Disposition, LegEvent, Party, SoundFact, SoundOrder, Termination};

use super::ending::Ending;
use super::{Stage, caller_left};
use crate::core::{Change, Core, Line, ended_by};
use crate::output::AcdOrder;
use crate::{Input, OfferId, Output};

/// Lasts until one of them hangs up.
#[derive(Debug)]
pub(crate) struct Bridged {
    /// The offer that brought the agent; none for somebody outside of the queues.
    offer: Option<OfferId>,
    agent: Line,
}

impl Bridged {
    pub(crate) fn enter(offer: OfferId, agent: AgentId, line: Line, core: &mut Core, now: Instant) -> Stage {
        let order = core.next_order();
        core.sound(SoundOrder::Bridge { order, a: core.caller.leg, b: line.leg });
        core.event(CallEvent::Bridged { leg: line.leg, agent }, now);
        Stage::Bridged(Self { offer: Some(offer), agent: line })
    }

    /// Somebody outside of the queues took the call.
    pub(crate) fn with_other(line: Line, core: &mut Core, now: Instant) -> Stage {
        let order = core.next_order();
        core.sound(SoundOrder::Bridge { order, a: core.caller.leg, b: line.leg });
        core.event(CallEvent::TransferConnected { leg: line.leg }, now);
        Stage::Bridged(Self { offer: None, agent: line })
    }

    pub(crate) fn on_input(mut self, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            return self.end(termination, core, now);
        }
        let agent = self.agent.leg;
        match input {
            Input::Leg { leg, event: LegEvent::Ended(failure) } if leg == agent => {
                core.event(CallEvent::LegEnded { party: Party::Agent, cause: failure.cause }, now);
                return self.end(ended_by(Party::Agent, failure), core, now);
            }
            Input::Leg { leg, event: LegEvent::ChangeOffered { sdp } } if leg == agent => {
                self.agent.change = Change::Offered;
                core.push(Output::ChangeSound { leg, offer: sdp });
            }
            Input::SoundReady { leg, sdp } if leg == agent => {
                self.agent.change = Change::None;
                core.command(leg, call_model::LegCommand::AcceptChange { sdp });
            }
            Input::SoundRefused { leg, .. } if leg == agent => {
                self.agent.change = Change::None;
                core.command(leg, call_model::LegCommand::RefuseChange { status: 488 });
            }
            Input::Sound(SoundFact::SilentTooLong { leg }) if leg == agent => {
                return self.end(Termination::new(Party::System, Cause::MediaTimeout), core, now);
            }
            _ => {}
        }
        Stage::Bridged(self)
    }

    pub(crate) fn end(self, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let mut agent = self.agent;
        core.drop_line(&mut agent);
        if let Some(offer) = self.offer {
            core.acd(AcdOrder::Released { offer });
        }
        Ending::enter(termination, Disposition::HandedOver, core, now)
    }
}
