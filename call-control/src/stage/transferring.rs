//! Somebody outside of the queues is rung for the caller, who hears music.

use std::sync::Arc;
use std::time::Instant;

use call_model::{
    Cause, Disposition, LegEvent, LegFailure, LegId, OrderId, SoundFact, SoundOrder, Termination, TransferFailure,
    TransferRequest,
};
use ivr_flows::FlowRun;

use super::bridged::Bridged;
use super::conversing::{Conversing, note_key};
use super::ending::Ending;
use super::leaving::Leaving;
use super::offering::context_headers;
use super::{Stage, caller_left};
use crate::core::{Core, Line};
use crate::output::Destination;
use crate::{Input, Output};

/// Waits for the other side to answer.
#[derive(Debug)]
pub(crate) struct Transferring {
    run: FlowRun,
    request: TransferRequest,
    sound: Option<OrderId>,
    progress: Progress,
}

/// How far it has come, named after what it waits for.
#[derive(Debug)]
enum Progress {
    /// An id for the other leg.
    Leg,
    /// Our session description for it.
    Sound(Line),
    /// Its answer.
    Answer(Line),
}

impl Transferring {
    pub(crate) fn enter(run: FlowRun, request: TransferRequest, core: &mut Core) -> Stage {
        let mut stage = Box::new(Self { run, request, sound: None, progress: Progress::Leg });
        stage.play_music(core);
        core.push(Output::NewLeg);
        Stage::Transferring(stage)
    }

    pub(crate) fn on_input(mut self: Box<Self>, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            self.drop_other(core);
            return Leaving::enter(self.run, termination, Disposition::HungUpInFlow, core, now);
        }
        note_key(&input, core, now);
        let ours = self.leg();
        match input {
            Input::LegGiven { leg } if matches!(self.progress, Progress::Leg) => {
                core.open_sound(leg, None);
                let mut line = Line::new(leg);
                // Signalling knows the leg from its INVITE on.
                line.alive = false;
                self.progress = Progress::Sound(line);
            }
            Input::SoundReady { leg, sdp } if Some(leg) == ours => self.ring(sdp, core),
            Input::SoundRefused { leg, .. } if Some(leg) == ours => {
                return self.failed(TransferFailure::Nobody, core, now);
            }
            Input::Leg { leg, event } if Some(leg) == ours => return self.on_leg(event, core, now),
            Input::Sound(SoundFact::Finished { order } | SoundFact::Failed { order, .. })
                if Some(order) == self.sound =>
            {
                self.play_music(core);
            }
            _ => {}
        }
        Stage::Transferring(self)
    }

    fn on_leg(mut self: Box<Self>, event: LegEvent, core: &mut Core, now: Instant) -> Stage {
        match (event, &mut self.progress) {
            (LegEvent::Answered { sdp }, Progress::Answer(line)) => {
                let line = *line;
                if let Some(answer) = sdp {
                    core.push(Output::AnswerSound { leg: line.leg, answer });
                }
                self.stop_sound(core);
                Bridged::with_other(line, core, now)
            }
            (LegEvent::Ended(failure), Progress::Sound(_) | Progress::Answer(_)) => {
                self.failed(why(failure), core, now)
            }
            _ => Stage::Transferring(self),
        }
    }

    fn ring(&mut self, sdp: Arc<[u8]>, core: &mut Core) {
        let Progress::Sound(mut line) = self.progress else { return };
        line.sound = true;
        line.alive = true;
        self.progress = Progress::Answer(line);
        let output = Output::Originate {
            leg: line.leg,
            destination: Destination::Outside(self.request.to.clone()),
            caller: core.start.called.clone(),
            sdp,
            headers: context_headers(core),
            ring_time: self.request.ring,
        };
        core.push(output);
    }

    /// Nobody took the call: the flow goes on.
    fn failed(mut self: Box<Self>, why: TransferFailure, core: &mut Core, now: Instant) -> Stage {
        self.drop_other(core);
        self.stop_sound(core);
        Conversing::not_connected(self.run, why, core, now)
    }

    pub(crate) fn end(mut self: Box<Self>, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        self.drop_other(core);
        let disposition = match termination.cause {
            Cause::Normal | Cause::Cancelled | Cause::MediaTimeout | Cause::TooLong => Disposition::HungUpInFlow,
            _ => Disposition::Failed,
        };
        Ending::enter(termination, disposition, core, now)
    }

    fn leg(&self) -> Option<LegId> {
        match &self.progress {
            Progress::Leg => None,
            Progress::Sound(line) | Progress::Answer(line) => Some(line.leg),
        }
    }

    fn drop_other(&mut self, core: &mut Core) {
        if let Progress::Sound(line) | Progress::Answer(line) = &mut self.progress {
            core.drop_line(line);
        }
    }

    fn play_music(&mut self, core: &mut Core) {
        let order = core.next_order();
        core.sound(SoundOrder::PlayMusic { order, leg: core.caller.leg });
        self.sound = Some(order);
    }

    fn stop_sound(&mut self, core: &mut Core) {
        if let Some(order) = self.sound.take() {
            core.sound(SoundOrder::Stop { order, leg: core.caller.leg });
        }
    }
}

/// What a leg that was never answered means for the caller.
fn why(failure: LegFailure) -> TransferFailure {
    match failure.cause {
        Cause::Busy => TransferFailure::Busy,
        Cause::NoAnswer | Cause::Cancelled => TransferFailure::NoAnswer,
        Cause::Rejected | Cause::Forbidden => TransferFailure::Declined,
        _ => TransferFailure::Nobody,
    }
}
