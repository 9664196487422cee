//! The dialogue of one call.
//!
//! [`FlowRun`] walks from node to node. A node either goes on at once, or leaves a stage behind that waits: for the end
//! of a prompt ([`Saying`]), for the caller ([`Asking`]), for a back end (`Fetching`), for people (queued). One prompt
//! plays and one turn listens at a time. Every fact that decides is told as a [`CallEvent`], so that
//! [`crate::replay()`] can walk the same way again.

mod asides;
mod asking;
mod carried;
mod consulting;
mod core;
mod deciding;
mod dictating;
mod dictation;
mod errand;
mod failing;
mod form;
mod hotword;
mod io;
mod keys;
mod leaving;
mod live;
mod memory;
mod people;
mod phase;
mod places;
mod privacy;
mod saying;
mod secrets;
mod strings;

use std::sync::Arc;
use std::time::Instant;

use call_model::{
    CallEvent, ConsultResult, Disposition, Heard, Language, OrderId, RecordResult, SoundFailure, TransferFailure,
};

use crate::flow::Flow;
use crate::node::{Fetching, NodeId};

pub(crate) use self::core::Core;
pub(crate) use asking::Asking;
pub(crate) use consulting::Consulting;
pub(crate) use dictation::Dictation;
pub(crate) use errand::{Errand, WaitsFor};
pub use io::{
    FetchFailure, FetchResult, Handover, HttpAnswer, HttpMethod, HttpRequest, Input, LARGEST_ANSWER, Output, Secret,
    Start,
};
pub(crate) use leaving::Farewell;
pub(crate) use privacy::{WITHHELD, WITHHELD_KEY};
pub(crate) use saying::{Afterwards, Saying};

/// The dialogue of one call with one flow.
#[derive(Debug)]
pub struct FlowRun {
    core: Core,
    stage: Stage,
}

/// What the dialogue waits for.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The end of a prompt.
    Saying(Saying),
    /// The caller.
    Asking(Box<Asking>),
    /// A back end.
    Fetching(Box<Fetching>),
    /// Whatever a node of several steps waits for.
    Errand(Box<dyn Errand>),
    /// People; the node is the queue's.
    Queued(NodeId),
    /// Nothing more.
    Over,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Another node.
    Goto(NodeId),
    /// Waiting.
    Wait(Stage),
    /// The node where every give-up leads.
    Person,
    /// The node could not do its work; why.
    Broken(String),
    /// The queue of a node.
    Enqueue(NodeId),
    /// The end.
    HangUp,
}

/// A fact as the stages see it: events are told, orders are known.
#[derive(Debug)]
pub(crate) enum Fact {
    PromptEnded {
        order: OrderId,
    },
    SpeechStarted {
        order: OrderId,
    },
    Partial {
        order: OrderId,
        text: String,
    },
    Heard {
        order: OrderId,
        heard: Heard,
    },
    /// Listening ended without an answer; `failed` when nobody could listen, `narrower` when somebody could to phrases.
    ListenEnded {
        order: OrderId,
        failed: bool,
        narrower: bool,
    },
    DigitPressed(char),
    Fetched {
        order: OrderId,
        result: FetchResult,
    },
    Consulted {
        order: OrderId,
        result: ConsultResult,
    },
    Recorded {
        order: OrderId,
        recording: RecordResult,
    },
    /// The caller comes back from a queue.
    QueueFailed {
        why: TransferFailure,
    },
    TimedOut,
}

impl FlowRun {
    /// Begins the dialogue: the caller's leg is answered and can hear.
    pub fn new(flow: Arc<Flow>, start: Start, now: Instant) -> Self {
        let first = flow.parts[0].start;
        let mut run = Self { core: Core::new(flow, start, now), stage: Stage::Over };
        run.walk(Step::Goto(first), now);
        run
    }

    /// Takes a fact.
    pub fn handle_input(&mut self, input: Input, now: Instant) {
        if self.core.left.is_some() && !leaving::counts_without_caller(&input) {
            return;
        }
        let fact = match input {
            Input::Finished { order } => return self.sound_ended(order, None, now),
            Input::Stopped { order, played_ms } => return self.sound_ended(order, Some(played_ms), now),
            Input::Failed { order, .. } if self.core.is_open(order) => return self.prompt_ended(order, 0, false, now),
            Input::Failed { order, why } => {
                Fact::ListenEnded { order, failed: true, narrower: why == SoundFailure::OnlyPhrases }
            }
            Input::SpeechStarted { order } => Fact::SpeechStarted { order },
            Input::Partial { order, text } => Fact::Partial { order, text },
            Input::Heard { order, heard } => Fact::Heard { order, heard },
            Input::DigitPressed { digit } => {
                if !is_key(digit) || matches!(self.stage, Stage::Over | Stage::Queued(_)) {
                    return;
                }
                let told = if self.conceals() { WITHHELD_KEY } else { digit };
                self.core.event(CallEvent::DigitPressed { digit: told });
                self.core.memory.caller_pressed(told, now);
                Fact::DigitPressed(digit)
            }
            Input::Fetched { order, result } => Fact::Fetched { order, result },
            Input::Consulted { order, result } => Fact::Consulted { order, result },
            Input::Recorded { order, recording } => Fact::Recorded { order, recording },
            Input::QueueFailed { why } => Fact::QueueFailed { why },
            Input::CallerLeft => return self.caller_left(now),
        };
        self.on_fact(fact, now);
    }

    /// Carries out what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) && !self.farewell_is_late(now) {
            self.on_fact(Fact::TimedOut, now);
        }
    }

    /// When [`FlowRun::handle_timeout`] is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let due = match &self.stage {
            Stage::Asking(asking) => asking.poll_timeout(),
            Stage::Fetching(fetching) => fetching.poll_timeout(),
            Stage::Errand(errand) => errand.poll_timeout(),
            Stage::Queued(_) => self.core.queue_until,
            Stage::Over => return None,
            Stage::Saying(_) => None,
        };
        due.into_iter().chain(self.core.left).min()
    }

    /// The next order or event; drain to `None` after every `handle_*`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.core.poll_output()
    }

    /// The answer that the services' file has written down for the request that waits, so that a flow can be tried out
    /// without its back ends.
    pub fn recorded_answer(&self) -> Option<FetchResult> {
        match &self.stage {
            Stage::Fetching(fetching) => fetching.recorded().cloned(),
            Stage::Saying(_) | Stage::Asking(_) | Stage::Errand(_) | Stage::Queued(_) | Stage::Over => None,
        }
    }

    /// Whether it goes on by itself after a moment: a request is to be sent again.
    pub(crate) fn pauses(&self) -> bool {
        matches!(&self.stage, Stage::Fetching(fetching) if fetching.pauses())
    }

    /// The language that is spoken now.
    pub fn language(&self) -> &Language {
        self.core.flow.language()
    }

    /// The variables that are filled, as conditions compare them.
    pub fn variables(&self) -> Vec<(String, String)> {
        let known = self.core.memory.conditions();
        known.iter().map(|(name, value)| (name.clone(), value.raw())).collect()
    }

    /// What has been learnt so far.
    pub fn handover(&self) -> Handover {
        self.core.memory.handover()
    }

    /// The disposition that the flow has set so far: it stands when the caller hangs up now.
    pub fn disposition(&self) -> Option<Disposition> {
        self.core.disposition()
    }

    /// Whether the dialogue has ended by itself.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn sound_ended(&mut self, order: OrderId, stopped_at: Option<u32>, now: Instant) {
        match self.core.played_ms(order, now) {
            Some(played_ms) => self.prompt_ended(order, stopped_at.unwrap_or(played_ms), stopped_at.is_some(), now),
            None => self.on_fact(Fact::ListenEnded { order, failed: false, narrower: false }, now),
        }
    }

    fn prompt_ended(&mut self, order: OrderId, played_ms: u32, interrupted: bool, now: Instant) {
        for lost in self.core.close(order, played_ms, interrupted) {
            self.on_fact(Fact::PromptEnded { order: lost }, now);
        }
    }

    fn on_fact(&mut self, fact: Fact, now: Instant) {
        let step = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Saying(saying) => saying.on_fact(fact, &mut self.core),
            Stage::Asking(asking) => asking.on_fact(fact, &mut self.core, now),
            Stage::Fetching(fetching) => fetching.on_fact(fact, &mut self.core, now),
            Stage::Errand(errand) => errand.on_fact(fact, &mut self.core, now),
            Stage::Queued(node) => self.core.while_queued(node, &fact, now),
            Stage::Over => Step::Wait(Stage::Over),
        };
        self.walk(step, now);
    }

    /// Goes from node to node until one waits.
    fn walk(&mut self, first: Step, now: Instant) {
        let mut next = first;
        loop {
            // A node may have changed the language.
            let flow = self.core.flow.clone();
            if self.core.left.is_some() {
                next = self.without_caller(next, now);
            }
            next = match next {
                Step::Wait(stage) => {
                    self.stage = stage;
                    return;
                }
                Step::Goto(id) => match self.core.enter(id, now) {
                    Ok(()) => flow.nodes[id.0].enter(id, &mut self.core, now),
                    Err(step) => step,
                },
                Step::Person => Step::Goto(flow.person),
                Step::Broken(reason) => self.core.broken(reason),
                Step::Enqueue(id) => self.core.enqueue(id, now),
                Step::HangUp => Step::Wait(self.core.hang_up()),
            };
        }
    }

    /// Whether what is pressed now stays out of every record.
    fn conceals(&self) -> bool {
        match &self.stage {
            Stage::Asking(asking) => asking.conceals(),
            Stage::Saying(saying) => saying.conceals(&self.core),
            Stage::Fetching(_) | Stage::Errand(_) | Stage::Queued(_) | Stage::Over => false,
        }
    }

    /// The oldest prompt whose end was not reported yet.
    pub(crate) fn oldest_prompt(&self) -> Option<OrderId> {
        self.core.oldest_open()
    }

    /// The order of the turn that is listened to.
    pub(crate) fn listening(&self) -> Option<OrderId> {
        match &self.stage {
            Stage::Asking(asking) => asking.listening(),
            Stage::Errand(errand) => errand.waits_for().listen,
            Stage::Saying(_) | Stage::Fetching(_) | Stage::Queued(_) | Stage::Over => None,
        }
    }

    /// The request that is not answered yet.
    pub(crate) fn fetching(&self) -> Option<OrderId> {
        match &self.stage {
            Stage::Fetching(fetching) => Some(fetching.order()),
            Stage::Errand(errand) => errand.waits_for().fetch,
            Stage::Saying(_) | Stage::Asking(_) | Stage::Queued(_) | Stage::Over => None,
        }
    }

    /// The question to the server that is not answered yet.
    pub(crate) fn consulting(&self) -> Option<OrderId> {
        match &self.stage {
            Stage::Errand(errand) => errand.waits_for().consult,
            Stage::Saying(_) | Stage::Asking(_) | Stage::Fetching(_) | Stage::Queued(_) | Stage::Over => None,
        }
    }

    /// The recording that has not ended yet.
    pub(crate) fn recording(&self) -> Option<OrderId> {
        match &self.stage {
            Stage::Errand(errand) => errand.waits_for().record,
            Stage::Saying(_) | Stage::Asking(_) | Stage::Fetching(_) | Stage::Queued(_) | Stage::Over => None,
        }
    }

    /// A prompt's end as it was recorded.
    pub(crate) fn replay_prompt_ended(&mut self, order: OrderId, played_ms: u32, interrupted: bool, now: Instant) {
        self.prompt_ended(order, played_ms, interrupted, now);
    }
}

fn is_key(digit: char) -> bool {
    matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D')
}
