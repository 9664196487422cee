//! The stages of a call. A stage takes a fact and becomes the next stage.

pub(crate) mod arriving;
pub(crate) mod bridged;
pub(crate) mod conversing;
pub(crate) mod dialling;
pub(crate) mod ending;
pub(crate) mod leaving;
pub(crate) mod offering;
pub(crate) mod transferring;
pub(crate) mod waiting;

use std::time::Instant;

use call_model::{CallEvent, LegEvent, Party};

use crate::Input;
use crate::core::{Core, ended_by};
use arriving::Arriving;
use bridged::Bridged;
use conversing::Conversing;
use dialling::Dialling;
use ending::Ending;
use leaving::Leaving;
use transferring::Transferring;
use waiting::Waiting;

/// Where a call stands.
#[derive(Debug)]
pub(crate) enum Stage {
    /// An inbound call that is not answered yet.
    Arriving(Arriving),
    /// An outbound call that is not answered yet.
    Dialling(Dialling),
    /// The flow talks with the caller.
    Conversing(Box<Conversing>),
    /// The caller waits for an agent.
    Waiting(Box<Waiting>),
    /// Somebody outside of the queues is rung.
    Transferring(Box<Transferring>),
    /// Caller and agent talk.
    Bridged(Bridged),
    /// The caller has left, and the flow does what is to be done after.
    Leaving(Box<Leaving>),
    /// The final record is being written.
    Ending(Ending),
    /// Nothing more will happen.
    Over,
}

impl Stage {
    pub(crate) fn on_input(self, input: Input, core: &mut Core, now: Instant) -> Stage {
        match self {
            Stage::Arriving(stage) => stage.on_input(input, core, now),
            Stage::Dialling(stage) => stage.on_input(input, core, now),
            Stage::Conversing(stage) => stage.on_input(input, core, now),
            Stage::Waiting(stage) => stage.on_input(input, core, now),
            Stage::Bridged(stage) => stage.on_input(input, core, now),
            Stage::Transferring(stage) => stage.on_input(input, core, now),
            Stage::Leaving(stage) => stage.on_input(input, core, now),
            Stage::Ending(stage) => stage.on_input(input, core, now),
            Stage::Over => Stage::Over,
        }
    }

    pub(crate) fn on_timeout(self, core: &mut Core, now: Instant) -> Stage {
        match self {
            Stage::Conversing(stage) => stage.on_timeout(core, now),
            Stage::Waiting(stage) => stage.on_timeout(core, now),
            Stage::Leaving(stage) => stage.on_timeout(core, now),
            Stage::Ending(stage) => stage.on_timeout(core, now),
            Stage::Arriving(_) | Stage::Dialling(_) | Stage::Transferring(_) | Stage::Bridged(_) | Stage::Over => self,
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Stage::Conversing(stage) => stage.poll_timeout(),
            Stage::Waiting(stage) => stage.poll_timeout(),
            Stage::Leaving(stage) => stage.poll_timeout(),
            Stage::Ending(stage) => Some(stage.deadline()),
            Stage::Arriving(_) | Stage::Dialling(_) | Stage::Transferring(_) | Stage::Bridged(_) | Stage::Over => None,
        }
    }

    /// Ends the call from outside, whatever it does.
    pub(crate) fn end(self, termination: call_model::Termination, core: &mut Core, now: Instant) -> Stage {
        match self {
            Stage::Arriving(stage) => stage.end(termination, core, now),
            Stage::Dialling(stage) => stage.end(termination, core, now),
            Stage::Conversing(stage) => stage.end(termination, core, now),
            Stage::Waiting(stage) => stage.end(termination, core, now),
            Stage::Bridged(stage) => stage.end(termination, core, now),
            Stage::Transferring(stage) => stage.end(termination, core, now),
            Stage::Leaving(stage) => stage.end(core, now),
            Stage::Ending(_) | Stage::Over => self,
        }
    }
}

/// If the caller's leg has ended: how, with the event written.
fn caller_left(input: &Input, core: &mut Core, now: Instant) -> Option<call_model::Termination> {
    let Input::Leg { leg, event: LegEvent::Ended(failure) } = input else { return None };
    if *leg != core.caller.leg {
        return None;
    }
    core.event(CallEvent::LegEnded { party: Party::Caller, cause: failure.cause }, now);
    Some(ended_by(Party::Caller, *failure))
}
