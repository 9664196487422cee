//! Waiting for the caller: a prompt, an ear and a clock.
//!
//! Speech and keys count at once. The clock for "no input" begins when the prompt has ended and stands still while the
//! caller speaks. What an answer means, and what failures lead to, is in [`super::deciding`].

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, Certainty, Heard, ListenRequest, OrderId, PromptPart};

use super::{Core, Fact, Stage, Step};
use crate::node::{Asked, NodeId, SlotKind};
use crate::understand::Choices;

/// A node asks the caller.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(super) node: NodeId,
    pub(super) phase: Phase,
    /// The failures of the node's own question.
    pub(super) tries: Tries,
    /// Answers that the caller declined.
    pub(super) refused: BTreeSet<String>,
    pub(super) rejections: u32,
    /// Digits that were given so far.
    pub(super) collected: Collected,
    prompt: Option<OrderId>,
    /// The order to listen, while it runs.
    ear: Option<OrderId>,
    clock: Option<Clock>,
    /// Whether nobody can listen during this visit.
    deaf: bool,
    /// Whether only phrases are listened to during this visit, where the node is an open one.
    narrow: bool,
    /// Noises that were taken for speech, in this turn.
    noises: u32,
}

/// Which question is asked.
#[derive(Debug)]
pub(super) enum Phase {
    /// The node's own.
    Question,
    /// Whether it was understood right.
    Confirming(Confirming),
}

/// An understanding that the caller is to confirm.
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) answer: Answer,
    /// The question, for every repetition.
    pub(super) parts: Vec<PromptPart>,
    pub(super) tries: Tries,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The choice's name, or the digits.
    pub(super) meaning: String,
    /// The choice's index, where there are choices.
    pub(super) choice: Option<usize>,
    pub(super) certainty: Certainty,
}

/// Failures in a row with one question.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tries {
    pub(super) silent: u32,
    pub(super) misunderstood: u32,
    pub(super) keys_only: bool,
}

/// Digits that were given so far.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) digits: String,
    /// The least certain turn; 100 where all were pressed.
    pub(super) certainty: Option<Certainty>,
    pub(super) pressed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Clock {
    due: Instant,
    of: Waiting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// For anything.
    Input,
    /// For the next digit.
    NextDigit,
    /// For the end of what is being said.
    EndOfSpeech,
}

impl Asking {
    /// Comes to a node that asks.
    pub(crate) fn begin(node: NodeId, core: &mut Core, now: Instant) -> Step {
        let asking = Self {
            node,
            phase: Phase::Question,
            tries: Tries::default(),
            refused: BTreeSet::new(),
            rejections: 0,
            collected: Collected::default(),
            prompt: None,
            ear: None,
            clock: None,
            deaf: false,
            narrow: false,
            noises: 0,
        };
        if core.keys.is_empty() {
            return asking.ask(Vec::new(), core, now);
        }
        match asking.take_typed(core, now) {
            Ok(asking) => Step::Wait(Stage::Asking(Box::new(asking))),
            Err(step) => step,
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.clock.map(|clock| clock.due)
    }

    pub(crate) fn listening(&self) -> Option<OrderId> {
        self.ear
    }

    pub(crate) fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        let hears = |order| self.ear == Some(order);
        let gone_on = match fact {
            Fact::PromptEnded { order } if self.prompt == Some(order) => self.prompt_ended(core, now),
            Fact::SpeechStarted { order } if hears(order) => {
                core.event(CallEvent::SpeechStarted);
                self.wait(Waiting::EndOfSpeech, core.flow.timing.max_speech + GRACE, now);
                Ok(*self)
            }
            Fact::Heard { order, heard } if hears(order) => {
                self.ear = None;
                self.heard(heard, core, now)
            }
            Fact::ListenEnded { order, narrower: true, .. } if hears(order) && !self.narrow => {
                self.ear = None;
                self.narrower(core, now)
            }
            Fact::ListenEnded { order, failed, .. } if hears(order) => {
                self.ear = None;
                self.not_listened(failed, core, now)
            }
            Fact::DigitPressed(key) => self.pressed(key, core, now),
            Fact::TimedOut if self.clock.is_some_and(|clock| clock.due <= now) => {
                core.event(CallEvent::FlowTimeout);
                self.timed_out(core, now)
            }
            Fact::PromptEnded { .. }
            | Fact::SpeechStarted { .. }
            | Fact::Heard { .. }
            | Fact::ListenEnded { .. }
            | Fact::Fetched { .. }
            | Fact::Consulted { .. }
            | Fact::Recorded { .. }
            | Fact::QueueFailed
            | Fact::TimedOut => Ok(*self),
        };
        match gone_on {
            Ok(asking) => Step::Wait(Stage::Asking(Box::new(asking))),
            Err(step) => step,
        }
    }

    /// Asks the question of the phase, after something else was said.
    pub(super) fn ask(self, before: Vec<PromptPart>, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Step::Person };
        let mut parts = before;
        match &self.phase {
            Phase::Confirming(confirming) => parts.extend(confirming.parts.iter().cloned()),
            Phase::Question => {
                let attempt = self.tries.silent + self.tries.misunderstood + self.rejections;
                let narrow = asked.narrow_line().filter(|_| self.narrow && !self.tries.keys_only);
                let line = narrow.unwrap_or_else(|| asked.question().line(attempt, self.tries.keys_only));
                match core.parts(&[line]) {
                    Ok(question) => parts.extend(question),
                    Err(reason) => return Step::Broken(reason),
                }
            }
        }
        self.ask_as(parts, core, now)
    }

    /// Asks the question of the phase in the words that are given.
    pub(super) fn ask_as(mut self, parts: Vec<PromptPart>, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Step::Person };
        core.attended();
        self.leave(core);
        self.collected = Collected::default();
        self.noises = 0;
        let barge_in = self.barge_in(asked);
        self.prompt = core.play_parts(parts, barge_in, now);
        if self.prompt.is_none() || barge_in == BargeIn::BySpeech {
            self.listen(asked, core);
        }
        if self.prompt.is_none() {
            self.wait(Waiting::Input, core.flow.timing.no_input, now);
        }
        Step::Wait(Stage::Asking(Box::new(self)))
    }

    /// Ends what still plays and listens: an answer was found, or the question is asked anew.
    pub(super) fn leave(&mut self, core: &mut Core) {
        if let Some(order) = self.prompt.take() {
            core.stop_playing(order);
        }
        self.stop_listening(core);
        self.clock = None;
    }

    /// Goes on listening without saying anything: more digits are to come.
    pub(super) fn listen_on(mut self, asked: Asked<'_>, core: &mut Core, now: Instant) -> Self {
        core.attended();
        if !self.collected.pressed {
            self.listen(asked, core);
        }
        self.wait(Waiting::NextDigit, core.flow.timing.between_keys, now);
        self
    }

    /// The failures of the question that is asked now.
    pub(super) fn tries(&mut self) -> &mut Tries {
        match &mut self.phase {
            Phase::Question => &mut self.tries,
            Phase::Confirming(confirming) => &mut confirming.tries,
        }
    }

    fn keys_only(&self) -> bool {
        match &self.phase {
            Phase::Question => self.tries.keys_only,
            Phase::Confirming(confirming) => confirming.tries.keys_only,
        }
    }

    /// Speech interrupts only where it is listened to.
    fn barge_in(&self, asked: Asked<'_>) -> BargeIn {
        match asked.question().barge_in {
            BargeIn::BySpeech if self.keys_only() || self.deaf => BargeIn::ByKey,
            other => other,
        }
    }

    fn listen(&mut self, asked: Asked<'_>, core: &mut Core) {
        if self.keys_only() || self.deaf || self.ear.is_some() {
            return;
        }
        let flow = core.flow.clone();
        let (grammar, whole_phrase_ends): (&Choices, bool) = match (&self.phase, asked) {
            (Phase::Confirming(_), _) => (&flow.yes_no, true),
            (Phase::Question, Asked::Menu(menu)) => (&menu.choices, true),
            (Phase::Question, Asked::Ask(ask)) => match &ask.kind {
                SlotKind::Digits { grammar, .. } => (grammar, false),
                SlotKind::YesNo(choices) | SlotKind::OneOf(choices) => (choices, true),
            },
        };
        if grammar.grammar().is_empty() {
            return;
        }
        let order = core.listen(ListenRequest {
            language: flow.language().clone(),
            phrases: grammar.grammar().clone(),
            free: matches!(self.phase, Phase::Question) && asked.is_open() && !self.narrow,
            whole_phrase_ends,
            end_silence: flow.timing.end_of_speech,
            max_speech: flow.timing.max_speech,
        });
        self.ear = Some(order);
    }

    fn stop_listening(&mut self, core: &mut Core) {
        if let Some(order) = self.ear.take() {
            core.stop_listening(order);
        }
    }

    fn wait(&mut self, of: Waiting, long: Duration, now: Instant) {
        self.clock = Some(Clock { due: now + long, of });
    }

    /// Restarts the clock for an answer, unless the caller still hears the question.
    fn wait_for_input(&mut self, core: &Core, now: Instant) {
        if self.prompt.is_none() {
            self.wait(Waiting::Input, core.flow.timing.no_input, now);
        } else {
            self.clock = None;
        }
    }

    fn prompt_ended(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        self.prompt = None;
        let flow = core.flow.clone();
        if let Some(asked) = flow.nodes[self.node.0].asked()
            && self.clock.is_none()
        {
            self.listen(asked, core);
            self.wait(Waiting::Input, flow.timing.no_input, now);
        }
        if core.keys.is_empty() { Ok(self) } else { self.take_typed(core, now) }
    }

    /// Keys that were typed before the question could be answered.
    fn take_typed(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.attended();
        while let Some(key) = core.keys.next() {
            self = self.pressed(key, core, now)?;
        }
        Ok(self)
    }

    fn heard(mut self, heard: Heard, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.attended();
        core.memory.caller_said(&heard.text, now);
        core.event(CallEvent::SpeechHeard {
            text: heard.text.clone(),
            speech_ms: heard.speech_ms,
            heard: heard.clone(),
        });
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Err(Step::Person) };
        let noise = heard.text.trim().is_empty() && heard.speech_ms < SHORTEST_SPEECH_MS && self.noises < MOST_NOISES;
        if noise {
            self.noises += 1;
            self.listen(asked, core);
            self.wait_for_input(core, now);
            return Ok(self);
        }
        self.understand(&heard, asked, core, now)
    }

    /// Nobody can listen freely: the narrower question is asked, and its phrases are listened to.
    fn narrower(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.event(CallEvent::ListenNarrowed);
        self.narrow = true;
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Err(Step::Person) };
        if !asked.has_phrases() {
            return self.not_listened(true, core, now);
        }
        if asked.narrow_line().is_some() && !self.tries.keys_only {
            return Err(self.ask(Vec::new(), core, now));
        }
        self.listen(asked, core);
        if self.prompt.is_none() && self.clock.is_none() {
            self.wait_for_input(core, now);
        }
        Ok(self)
    }

    /// Nobody listened: the turn goes on by keys, where there are keys.
    fn not_listened(mut self, failed: bool, core: &mut Core, now: Instant) -> Result<Self, Step> {
        if failed {
            core.event(CallEvent::ListenFailed);
            self.deaf = true;
        }
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Err(Step::Person) };
        let confirming = matches!(self.phase, Phase::Confirming(_));
        if failed && !confirming && !asked.has_keys() {
            self.leave(core);
            return Err(Step::Person);
        }
        if failed && !confirming && !self.tries.keys_only {
            self.tries.keys_only = true;
            if asked.question().has_keys_line() && self.collected.digits.is_empty() {
                return Err(self.ask(Vec::new(), core, now));
            }
        }
        self.wait_for_input(core, now);
        Ok(self)
    }

    fn pressed(mut self, key: char, core: &mut Core, now: Instant) -> Result<Self, Step> {
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[self.node.0].asked() else { return Err(Step::Person) };
        if self.prompt.is_some() && asked.question().barge_in == BargeIn::Never {
            core.keys.push(key);
            return Ok(self);
        }
        core.attended();
        self.leave(core);
        self.press(key, asked, core, now)
    }

    fn timed_out(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.attended();
        let of = self.clock.take().map(|clock| clock.of);
        self.stop_listening(core);
        match of {
            Some(Waiting::EndOfSpeech) => Err(self.misunderstood(core, now)),
            Some(Waiting::NextDigit) => Err(self.no_more_digits(core, now)),
            Some(Waiting::Input) | None => Err(self.silent(core, now)),
        }
    }
}

/// A recogniser that says nothing this long after the longest speech has failed.
const GRACE: Duration = Duration::from_secs(5);
/// Shorter sounds without words are coughs and clicks.
const SHORTEST_SPEECH_MS: u32 = 300;
/// Noises that are passed over in one turn.
const MOST_NOISES: u32 = 2;
