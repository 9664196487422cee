//! One agent is rung, told in a whisper what the call is about, and takes it with a key.
//!
//! It runs beside the waiting: the caller hears music all the while.

use std::sync::Arc;
use std::time::Instant;

use call_model::{AgentId, BargeIn, CallEvent, Cause, LegEvent, LegId, OrderId, SoundFact, SoundOrder};

use crate::core::{Core, Line};
use crate::output::{AcdOrder, Destination};
use crate::{Input, OfferId, Output, announce};

/// An agent's telephone on its way to the call.
#[derive(Debug)]
pub(crate) struct Offering {
    pub(crate) offer: OfferId,
    agent: AgentId,
    line: Line,
    progress: Progress,
}

/// How far the offer has come, named after what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Our session description.
    Sound,
    /// The agent's answer.
    Answer,
    /// The end of the whisper, or the key during it.
    Whisper(OrderId),
    /// The key.
    Key {
        /// When it is too late.
        until: Instant,
    },
}

/// What an input made of an offer.
#[derive(Debug)]
pub(crate) enum Step {
    /// It goes on.
    Open(Offering),
    /// The agent did not take the call.
    Failed,
    /// The agent took the call.
    Accepted {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
        /// The agent's leg.
        line: Line,
    },
}

impl Offering {
    pub(crate) fn begin(offer: OfferId, agent: AgentId, leg: LegId, core: &mut Core, now: Instant) -> Self {
        core.event(CallEvent::AgentOffered { agent: agent.clone() }, now);
        core.open_sound(leg, None);
        let mut line = Line::new(leg);
        // Signalling knows the leg from its INVITE on.
        line.alive = false;
        Self { offer, agent, line, progress: Progress::Sound }
    }

    pub(crate) fn on_input(mut self, input: Input, whisper: &str, core: &mut Core, now: Instant) -> Step {
        let ours = self.line.leg;
        match input {
            Input::SoundReady { leg, sdp } if leg == ours => self.ring(sdp, core),
            Input::SoundRefused { leg, .. } if leg == ours => return self.fail(Cause::NoCommonMedia, core, now),
            Input::Leg { leg, event } if leg == ours => return self.on_leg(event, whisper, core, now),
            Input::Sound(SoundFact::DigitPressed { leg, digit: ACCEPT_KEY }) if leg == ours => {
                return self.accept(core);
            }
            Input::Sound(SoundFact::SilentTooLong { leg }) if leg == ours => {
                return self.fail(Cause::MediaTimeout, core, now);
            }
            Input::Sound(
                SoundFact::Finished { order } | SoundFact::Stopped { order, .. } | SoundFact::Failed { order, .. },
            ) if self.progress == Progress::Whisper(order) => {
                self.progress = Progress::Key { until: now + core.start.limits.accept_time };
            }
            _ => {}
        }
        Step::Open(self)
    }

    fn on_leg(mut self, event: LegEvent, whisper: &str, core: &mut Core, now: Instant) -> Step {
        match event {
            LegEvent::Answered { sdp } => {
                if let Some(answer) = sdp {
                    core.push(Output::AnswerSound { leg: self.line.leg, answer });
                }
                self.whisper(whisper, core, now);
                Step::Open(self)
            }
            LegEvent::DigitByInfo { digit: ACCEPT_KEY } => self.accept(core),
            LegEvent::Ended(failure) => {
                // An agent who hangs up during the whisper declines.
                let cause = if failure.cause == Cause::Normal { Cause::Rejected } else { failure.cause };
                self.fail(cause, core, now)
            }
            LegEvent::ChangeOffered { sdp } => {
                self.line.change = crate::core::Change::Offered;
                core.push(Output::ChangeSound { leg: self.line.leg, offer: sdp });
                Step::Open(self)
            }
            LegEvent::Ringing { .. } | LegEvent::ChangeAnswered { .. } | LegEvent::DigitByInfo { .. } => {
                Step::Open(self)
            }
        }
    }

    fn ring(&mut self, sdp: Arc<[u8]>, core: &mut Core) {
        if self.line.change == crate::core::Change::Offered {
            self.line.change = crate::core::Change::None;
            core.command(self.line.leg, call_model::LegCommand::AcceptChange { sdp });
            return;
        }
        self.line.sound = true;
        self.line.alive = true;
        self.progress = Progress::Answer;
        let output = Output::Originate {
            leg: self.line.leg,
            destination: Destination::Agent(self.agent.clone()),
            caller: core.start.caller.clone(),
            sdp,
            headers: context_headers(core),
            ring_time: core.start.limits.agent_ring_time,
        };
        core.push(output);
    }

    fn whisper(&mut self, text: &str, core: &mut Core, now: Instant) {
        core.acd(AcdOrder::OfferAnswered { offer: self.offer });
        core.event(CallEvent::WhisperStarted { agent: self.agent.clone(), text: text.to_owned() }, now);
        let order = core.next_order();
        let prompt = announce::whisper(core.start.flow.language(), text);
        core.sound(SoundOrder::Play { order, leg: self.line.leg, prompt, barge_in: BargeIn::ByKey });
        self.progress = Progress::Whisper(order);
    }

    fn accept(self, core: &mut Core) -> Step {
        match self.progress {
            Progress::Sound | Progress::Answer => Step::Open(self),
            Progress::Whisper(_) | Progress::Key { .. } => {
                core.acd(AcdOrder::OfferAccepted { offer: self.offer });
                Step::Accepted { offer: self.offer, agent: self.agent, line: self.line }
            }
        }
    }

    /// Ends the offer because the agent did not take it; the next agent is the distribution's business.
    pub(crate) fn fail(mut self, cause: Cause, core: &mut Core, now: Instant) -> Step {
        core.event(CallEvent::OfferFailed { agent: self.agent.clone(), cause }, now);
        let mut line = self.line;
        core.drop_line(&mut line);
        self.line = line;
        core.acd(AcdOrder::OfferFailed { offer: self.offer, cause });
        Step::Failed
    }

    /// Ends the offer because the distribution takes it back: the agent let it ring, or has gone.
    pub(crate) fn take_back(self, core: &mut Core, now: Instant) {
        let cause = if self.progress == Progress::Answer { Cause::NoAnswer } else { Cause::Cancelled };
        core.event(CallEvent::OfferFailed { agent: self.agent.clone(), cause }, now);
        self.withdraw(core);
    }

    /// Ends the offer because it is wanted no longer.
    pub(crate) fn withdraw(self, core: &mut Core) {
        let mut line = self.line;
        core.drop_line(&mut line);
        core.acd(AcdOrder::OfferFailed { offer: self.offer, cause: Cause::Cancelled });
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.progress {
            Progress::Key { until } => Some(until),
            Progress::Sound | Progress::Answer | Progress::Whisper(_) => None,
        }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.deadline().is_some_and(|deadline| now >= deadline)
    }
}

/// The same handle twice: carriers strip unknown header fields, and not all desks read User-to-User (RFC 7433).
pub(crate) fn context_headers(core: &Core) -> Vec<(&'static str, String)> {
    let call = core.start.call;
    let user_to_user = format!("{ISDN_USER_SPECIFIC}{:032x};encoding=hex;purpose=isdn-uui", call.as_u128());
    vec![("X-Context-Id", call.to_string()), ("User-to-User", user_to_user)]
}

const ACCEPT_KEY: char = '1';
/// Protocol discriminator "user-specific" of ITU-T Q.931, which RFC 7434 puts first.
const ISDN_USER_SPECIFIC: &str = "00";
