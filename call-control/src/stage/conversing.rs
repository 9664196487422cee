//! The flow talks with the caller.

use std::time::Instant;

use call_model::{
    CallEvent, Cause, Disposition, LegEvent, OrderId, Party, SoundFact, SoundOrder, Termination, TransferFailure,
};
use ivr_flows::{FlowRun, Start};

use super::ending::Ending;
use super::leaving::Leaving;
use super::transferring::Transferring;
use super::waiting::Waiting;
use super::{Stage, caller_left};
use crate::core::{Core, OWN_ORDERS};
use crate::{Input, Output};

/// The dialogue runs.
#[derive(Debug)]
pub(crate) struct Conversing {
    run: FlowRun,
    /// Whether the caller once wanted an agent and nobody could be reached.
    gave_up_waiting: bool,
}

impl Conversing {
    pub(crate) fn begin(core: &mut Core, now: Instant) -> Stage {
        if core.start.record {
            let order = core.next_order();
            core.sound(SoundOrder::Record { order, leg: core.caller.leg });
        }
        let passed = jiff::SignedDuration::try_from(now.saturating_duration_since(core.began)).unwrap_or_default();
        let start = Start {
            variables: core.start.variables.clone(),
            caller: core.start.caller.clone(),
            called: core.start.called.clone(),
            seed: core.start.seed,
            local: core.start.local.and_then(|local| local.checked_add(passed).ok()),
        };
        let run = FlowRun::new(core.start.flow.clone(), start, now);
        Box::new(Self { run, gave_up_waiting: false }).go_on(core, now)
    }

    /// The queue could not serve the caller; the flow goes on.
    pub(crate) fn resume(mut run: FlowRun, core: &mut Core, now: Instant) -> Stage {
        run.handle_input(ivr_flows::Input::QueueFailed { why: TransferFailure::Nobody }, now);
        Self::gone_on(run, core, now)
    }

    /// Nobody outside of the queues took the call; the flow goes on.
    pub(crate) fn not_connected(mut run: FlowRun, why: TransferFailure, core: &mut Core, now: Instant) -> Stage {
        run.handle_input(ivr_flows::Input::QueueFailed { why }, now);
        Box::new(Self { run, gave_up_waiting: false }).go_on(core, now)
    }

    /// The flow let the caller wait no longer, and has gone on already.
    pub(crate) fn gone_on(run: FlowRun, core: &mut Core, now: Instant) -> Stage {
        Box::new(Self { run, gave_up_waiting: true }).go_on(core, now)
    }

    pub(crate) fn on_input(mut self: Box<Self>, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            let disposition = self.disposition(termination.cause);
            return Leaving::enter(self.run, termination, disposition, core, now);
        }
        let Some(fact) = flow_fact(input, core) else { return Stage::Conversing(self) };
        self.run.handle_input(fact, now);
        self.go_on(core, now)
    }

    pub(crate) fn on_timeout(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        self.run.handle_timeout(now);
        self.go_on(core, now)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.run.poll_timeout()
    }

    /// Carries out what the flow ordered.
    fn go_on(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        let leg = core.caller.leg;
        while let Some(output) = self.run.poll_output() {
            match output {
                ivr_flows::Output::Play { order, prompt, barge_in } => {
                    core.sound(SoundOrder::Play { order, leg, prompt, barge_in });
                }
                ivr_flows::Output::Listen { order, request } => core.sound(SoundOrder::Listen { order, leg, request }),
                ivr_flows::Output::StopPlaying { order } | ivr_flows::Output::StopListening { order } => {
                    core.sound(SoundOrder::Stop { order, leg });
                }
                ivr_flows::Output::MuteRecording { muted } => core.sound(SoundOrder::MuteRecording { leg, muted }),
                ivr_flows::Output::Fetch { order, request } => core.push(Output::Fetch { order, request }),
                ivr_flows::Output::Consult { order, request } => core.push(Output::Consult { order, request }),
                ivr_flows::Output::Record { order, request } => core.push(Output::Record { order, leg, request }),
                ivr_flows::Output::StopRecording { order } => core.push(Output::StopRecording { order, leg }),
                ivr_flows::Output::Event(event) => core.event(event, now),
                ivr_flows::Output::Enqueue { queue, whisper, since } => {
                    return Waiting::enter(self.run, queue, whisper, since, core, now);
                }
                ivr_flows::Output::Transfer { request } => return Transferring::enter(self.run, request, core),
                ivr_flows::Output::HangUp { disposition } => return self.hang_up(disposition, core, now),
            }
        }
        Stage::Conversing(self)
    }

    fn hang_up(self: Box<Self>, disposition: Option<Disposition>, core: &mut Core, now: Instant) -> Stage {
        let otherwise = if self.gave_up_waiting { Disposition::NoAgent } else { Disposition::SelfServed };
        let termination = Termination::new(Party::Flow, Cause::Normal);
        Ending::enter(termination, disposition.unwrap_or(otherwise), core, now)
    }

    pub(crate) fn end(self: Box<Self>, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let disposition = self.disposition(termination.cause);
        Ending::enter(termination, disposition, core, now)
    }

    /// What a call meant that ends now.
    fn disposition(&self, cause: Cause) -> Disposition {
        match cause {
            Cause::Normal | Cause::Cancelled | Cause::MediaTimeout | Cause::TooLong if self.gave_up_waiting => {
                Disposition::NoAgent
            }
            Cause::Normal | Cause::Cancelled | Cause::MediaTimeout | Cause::TooLong => Disposition::HungUpInFlow,
            _ => Disposition::Failed,
        }
    }
}

/// What the flow learns from a fact, if it concerns the flow at all.
fn flow_fact(input: Input, core: &mut Core) -> Option<ivr_flows::Input> {
    match input {
        Input::Fetched { order, result } => Some(ivr_flows::Input::Fetched { order, result }),
        Input::Consulted { order, result } => Some(ivr_flows::Input::Consulted { order, result }),
        Input::Recorded { order, recording } => Some(ivr_flows::Input::Recorded { order, recording }),
        Input::Sound(fact) => sound_fact(fact, core),
        Input::Leg { leg, event: LegEvent::DigitByInfo { digit } } if leg == core.caller.leg => {
            Some(ivr_flows::Input::DigitPressed { digit })
        }
        _ => None,
    }
}

fn sound_fact(fact: SoundFact, core: &mut Core) -> Option<ivr_flows::Input> {
    match fact {
        SoundFact::Finished { order } if is_flows(order) => Some(ivr_flows::Input::Finished { order }),
        SoundFact::Stopped { order, played_ms } if is_flows(order) => {
            Some(ivr_flows::Input::Stopped { order, played_ms })
        }
        SoundFact::Failed { order, why } if is_flows(order) => Some(ivr_flows::Input::Failed { order, why }),
        SoundFact::Heard { order, heard } => Some(ivr_flows::Input::Heard { order, heard }),
        SoundFact::Partial { order, text } => Some(ivr_flows::Input::Partial { order, text }),
        SoundFact::SpeechStarted { order, .. } => Some(ivr_flows::Input::SpeechStarted { order }),
        SoundFact::DigitPressed { leg, digit } if leg == core.caller.leg => {
            Some(ivr_flows::Input::DigitPressed { digit })
        }
        _ => None,
    }
}

fn is_flows(order: OrderId) -> bool {
    order.0 <= OWN_ORDERS
}

/// A caller's words as an event tells them are the flow's business; a key during music is only noted.
pub(crate) fn note_key(input: &Input, core: &mut Core, now: Instant) {
    if let Input::Sound(SoundFact::DigitPressed { leg, digit }) = input
        && *leg == core.caller.leg
    {
        core.event(CallEvent::DigitPressed { digit: *digit }, now);
    }
}
