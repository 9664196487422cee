//! The caller waits for an agent: music, now and then the place in the queue, and offers to agents.

use std::time::Instant;

use call_model::{CallContext, CallEvent, Cause, Disposition, OrderId, QueueId, SoundFact, SoundOrder, Termination};
use ivr_flows::FlowRun;

use super::bridged::Bridged;
use super::conversing::{Conversing, note_key};
use super::ending::Ending;
use super::leaving::Leaving;
use super::offering::{Offering, Step};
use super::{Stage, caller_left};
use crate::core::Core;
use crate::output::AcdOrder;
use crate::{Direction, Input, Output, announce};

/// Waits for an agent to take the call.
#[derive(Debug)]
pub(crate) struct Waiting {
    run: FlowRun,
    queue: QueueId,
    whisper: String,
    since: Instant,
    sound: Option<OrderId>,
    offering: Option<Offering>,
}

impl Waiting {
    pub(crate) fn enter(
        run: FlowRun,
        queue: QueueId,
        whisper: String,
        since: Instant,
        core: &mut Core,
        now: Instant,
    ) -> Stage {
        let mut stage = Box::new(Self { run, queue, whisper, since, sound: None, offering: None });
        stage.play_music(core);
        stage.tell_context(core, now);
        core.acd(AcdOrder::Join { queue: stage.queue.clone(), since });
        core.event(CallEvent::Queued { queue: stage.queue.clone() }, now);
        Stage::Waiting(stage)
    }

    pub(crate) fn on_input(mut self: Box<Self>, input: Input, core: &mut Core, now: Instant) -> Stage {
        if let Some(termination) = caller_left(&input, core, now) {
            core.caller.alive = false;
            return self.caller_left(termination, core, now);
        }
        note_key(&input, core, now);
        match input {
            Input::AgentOffered { offer, agent, leg } => self.offer(offer, agent, leg, core, now),
            Input::OfferWithdrawn { offer } => {
                if self.offering.as_ref().is_some_and(|offering| offering.offer == offer)
                    && let Some(offering) = self.offering.take()
                {
                    offering.take_back(core, now);
                }
            }
            Input::PositionTold { position } => self.tell_position(position, core, now),
            Input::NobodyReachable => return self.give_up(core, now),
            Input::Sound(SoundFact::Finished { order } | SoundFact::Failed { order, .. })
                if Some(order) == self.sound =>
            {
                self.play_music(core);
            }
            other => return self.offering_input(other, core, now),
        }
        Stage::Waiting(self)
    }

    pub(crate) fn on_timeout(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        if let Some(offering) = self.offering.take_if(|offering| offering.is_due(now)) {
            offering.fail(Cause::NoAnswer, core, now);
        }
        if self.tired().is_some_and(|due| due <= now) {
            return self.wait_no_longer(core, now);
        }
        Stage::Waiting(self)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.offering.as_ref().and_then(Offering::deadline).or(self.tired())
    }

    /// When the flow lets the caller wait no longer; an agent who is being rung may still take the call.
    fn tired(&self) -> Option<Instant> {
        self.run.poll_timeout().filter(|_| self.offering.is_none())
    }

    fn wait_no_longer(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        core.acd(AcdOrder::Leave);
        self.stop_sound(core);
        self.run.handle_timeout(now);
        Conversing::gone_on(self.run, core, now)
    }

    fn caller_left(mut self: Box<Self>, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let disposition = self.leave(termination.cause, core, now);
        Leaving::enter(self.run, termination, disposition, core, now)
    }

    fn offering_input(mut self: Box<Self>, input: Input, core: &mut Core, now: Instant) -> Stage {
        let Some(offering) = self.offering.take() else { return Stage::Waiting(self) };
        match offering.on_input(input, &self.whisper, core, now) {
            Step::Open(offering) => {
                self.offering = Some(offering);
                Stage::Waiting(self)
            }
            Step::Failed => Stage::Waiting(self),
            Step::Accepted { offer, agent, line } => {
                self.stop_sound(core);
                let waited_ms = elapsed_ms(self.since, now);
                core.event(CallEvent::AgentAccepted { agent: agent.clone(), waited_ms }, now);
                self.tell_context(core, now);
                Bridged::enter(offer, agent, line, core, now)
            }
        }
    }

    fn offer(
        &mut self,
        offer: crate::OfferId,
        agent: call_model::AgentId,
        leg: call_model::LegId,
        core: &mut Core,
        now: Instant,
    ) {
        if let Some(earlier) = self.offering.take() {
            earlier.withdraw(core);
        }
        self.tell_context(core, now);
        self.offering = Some(Offering::begin(offer, agent, leg, core, now));
    }

    fn give_up(mut self: Box<Self>, core: &mut Core, now: Instant) -> Stage {
        self.stop_sound(core);
        if let Some(offering) = self.offering.take() {
            offering.withdraw(core);
        }
        Conversing::resume(self.run, core, now)
    }

    fn tell_position(&mut self, position: u32, core: &mut Core, now: Instant) {
        core.event(CallEvent::PositionTold { position }, now);
        self.stop_sound(core);
        let order = core.next_order();
        let prompt = announce::position(self.run.language(), position);
        core.sound(SoundOrder::Play { order, leg: core.caller.leg, prompt, barge_in: call_model::BargeIn::Never });
        self.sound = Some(order);
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

    fn tell_context(&self, core: &mut Core, now: Instant) {
        let campaign = match &core.start.direction {
            Direction::Inbound { .. } => None,
            Direction::Outbound { campaign_name, .. } => campaign_name.clone(),
        };
        let learnt = self.run.handover();
        let context = CallContext {
            call: core.start.call,
            caller: core.start.caller.clone(),
            called: core.start.called.clone(),
            campaign,
            intent: learnt.intent,
            service: learnt.service,
            slots: learnt.slots,
            transcript: core.journal.transcript.clone(),
            whisper: Some(self.whisper.clone()),
            waited_ms: elapsed_ms(self.since, now),
            history: core.start.history.clone(),
        };
        core.push(Output::Context(Box::new(context)));
    }

    pub(crate) fn end(mut self: Box<Self>, termination: Termination, core: &mut Core, now: Instant) -> Stage {
        let disposition = self.leave(termination.cause, core, now);
        Ending::enter(termination, disposition, core, now)
    }

    /// Leaves the queue because the call ends; gives what the call meant.
    fn leave(&mut self, cause: Cause, core: &mut Core, now: Instant) -> Disposition {
        // Left first: otherwise the closed offer would be made to the next agent.
        core.acd(AcdOrder::Leave);
        if let Some(offering) = self.offering.take() {
            offering.withdraw(core);
        }
        core.journal.waited_ms = Some(elapsed_ms(self.since, now));
        match cause {
            Cause::Normal | Cause::Cancelled | Cause::MediaTimeout | Cause::TooLong => Disposition::AbandonedInQueue,
            _ => Disposition::Failed,
        }
    }
}

fn elapsed_ms(since: Instant, now: Instant) -> u64 {
    u64::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX)
}
