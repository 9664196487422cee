//! Waiting for the caller: a prompt, an ear and a clock.
//!
//! Speech and keys count at once. The clock for "no input" begins when the prompt has ended and stands still while the
//! caller speaks. What an answer means is in [`super::deciding`] and [`super::form`], what failures lead to in
//! [`super::failing`], and what may be said in the middle of a question in [`super::asides`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{BargeIn, CallEvent, Heard, ListenRequest, OrderId, PromptPart};

use super::dictating::Dictating;
use super::live::Live;
use super::phase::{Collected, Item, Listened, Phase, Tries};
use super::{Core, Fact, Stage, Step};
use crate::node::{Asked, Inputs, Manner, NodeId};

/// A node asks the caller.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(super) node: NodeId,
    /// What is asked during this visit.
    pub(super) live: Live,
    pub(super) phase: Phase,
    /// The slots in their order; at a menu the choice.
    pub(super) items: Vec<Item>,
    /// The failures of the open question.
    pub(super) opening: Tries,
    /// Digits that were given so far.
    pub(super) collected: Collected,
    /// Values that were given so far.
    pub(super) fillings: u32,
    /// Whether values are confirmed one by one.
    pub(super) one_by_one: bool,
    /// What was said in the middle of questions, during this visit.
    pub(super) asides: u32,
    /// Until when the caller asked us to wait.
    pub(super) held: Option<Instant>,
    /// Whether what is not understood now is passed over: the prompt goes on, or we wait.
    pub(super) lenient: bool,
    /// Why the last answer could not be taken, to be told.
    pub(super) reason: Option<String>,
    /// What was said word for word when a menu's choice was found in it.
    pub(super) said: Option<String>,
    /// Whether nobody can listen during this visit.
    pub(super) deaf: bool,
    /// Whether what is answered now stays out of every record.
    pub(super) sensitive: bool,
    prompt: Option<OrderId>,
    /// The order to listen, while it runs.
    ear: Option<OrderId>,
    clock: Option<Clock>,
    /// Whether only phrases are listened to during this visit, where the node is an open one.
    pub(super) narrow: bool,
    /// Noises that were taken for speech, in this turn.
    noises: u32,
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
    /// For the key that ends a string which needs no more digits.
    EndKey,
    /// For the end of what is being said.
    EndOfSpeech,
    /// For a caller who asked us to wait.
    Held,
}

impl Asking {
    /// Comes to a node that asks.
    pub(crate) fn begin(node: NodeId, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let Some(asked) = flow.nodes[node.0].asked() else { return Step::Person };
        let live = match Live::of(asked, core) {
            Ok(live) => live,
            Err(failed) => return Step::Goto(failed),
        };
        let here = live.clone();
        let Some(asked) = here.asked(&flow, node) else { return Step::Person };
        core.asks(node);
        let asking = Self {
            node,
            live,
            phase: Phase::Opening,
            items: (0..asked.items()).map(|_| Item::default()).collect(),
            opening: Tries::default(),
            collected: Collected::default(),
            fillings: 0,
            one_by_one: false,
            asides: 0,
            held: None,
            lenient: false,
            reason: None,
            said: None,
            deaf: false,
            sensitive: false,
            prompt: None,
            ear: None,
            clock: None,
            narrow: false,
            noises: 0,
        };
        asking.first(asked, core, now)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.clock.map(|clock| clock.due)
    }

    pub(crate) fn listening(&self) -> Option<OrderId> {
        self.ear
    }

    /// Whether what is said and pressed now stays out of every record.
    pub(crate) fn conceals(&self) -> bool {
        self.sensitive
    }

    pub(crate) fn on_fact(mut self: Box<Self>, fact: Fact, core: &mut Core, now: Instant) -> Step {
        let hears = |order| self.ear == Some(order);
        let gone_on = match fact {
            Fact::PromptEnded { order } if self.prompt == Some(order) => self.prompt_ended(core, now),
            Fact::SpeechStarted { order } if hears(order) => {
                self.speech_started(core, now);
                Ok(*self)
            }
            Fact::Partial { order, text } if hears(order) => {
                self.partly_heard(&text, core, now);
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
            | Fact::Partial { .. }
            | Fact::Heard { .. }
            | Fact::ListenEnded { .. }
            | Fact::Fetched { .. }
            | Fact::Consulted { .. }
            | Fact::Recorded { .. }
            | Fact::QueueFailed { .. }
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
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        match self.question_parts(asked, core) {
            Ok(question) => self.ask_as([before, question].concat(), core, now),
            Err(reason) => Step::Broken(reason),
        }
    }

    /// Asks the question of the phase in the words that are given; without words it only listens.
    pub(super) fn ask_as(mut self, parts: Vec<PromptPart>, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        core.attended();
        self.leave(core);
        self.collected = Collected::default();
        self.noises = 0;
        self.sensitive = self.is_sensitive(asked);
        core.mute_recording(self.sensitive);
        if let Some(request) = self.item().and_then(|item| asked.slot(item)).and_then(|slot| slot.kind.dictated())
            && matches!(self.phase, Phase::Item(_))
        {
            let barge_in = self.manner(asked).barge_in;
            return Dictating::begin(self, request.clone(), parts, barge_in, core, now);
        }
        if !core.keys.is_empty() && self.takes_typed(asked) {
            return match self.take_typed(core, now) {
                Ok(asking) => Step::Wait(Stage::Asking(Box::new(asking))),
                Err(step) => step,
            };
        }
        let barge_in = self.barge_in(asked);
        self.prompt = core.play_parts(parts, barge_in, now);
        if self.prompt.is_none() || matches!(barge_in, BargeIn::BySpeech | BargeIn::ByWord) {
            self.listen(asked, core);
        }
        if self.prompt.is_none() {
            self.wait_for_input(asked, now);
        }
        Step::Wait(Stage::Asking(Box::new(self)))
    }

    /// Goes on as if nothing had been said: the prompt, the ear and the clock stay.
    pub(super) fn pass_over(mut self, core: &mut Core, now: Instant) -> Step {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Step::Person };
        self.listen(asked, core);
        self.wait_for_input(asked, now);
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
        let long = self.manner(asked).timing.between_keys;
        self.wait(Waiting::NextDigit, long, now);
        self
    }

    /// Waits for the key that ends a string of keys.
    pub(super) fn wait_for_end_key(mut self, long: Duration, now: Instant) -> Self {
        self.wait(Waiting::EndKey, long, now);
        self
    }

    pub(super) fn keys_only(&self, asked: Asked<'_>) -> bool {
        self.tries_now().keys_only || self.manner(asked).inputs == Inputs::Keys
    }

    /// Speech interrupts only where it is listened to, and at the sound itself only where it always does.
    fn barge_in(&self, asked: Asked<'_>) -> BargeIn {
        let manner = self.manner(asked);
        match manner.barge_in {
            BargeIn::BySpeech | BargeIn::ByWord if self.keys_only(asked) || self.deaf => BargeIn::ByKey,
            BargeIn::BySpeech if manner.decides_barge_in() => BargeIn::ByWord,
            other => other,
        }
    }

    fn listen(&mut self, asked: Asked<'_>, core: &mut Core) {
        if self.keys_only(asked) || self.deaf || self.ear.is_some() {
            return;
        }
        let flow = core.flow.clone();
        let Listened { phrases, in_sentences, whole_phrase_ends, string } = self.grammar(asked, &flow);
        if phrases.is_empty() {
            return;
        }
        let timing = &self.manner(asked).timing;
        let order = core.listen(ListenRequest {
            language: flow.language().clone(),
            phrases: phrases.clone(),
            in_sentences: u32::try_from(in_sentences).unwrap_or(u32::MAX),
            synonyms: if string { flow.words.synonyms() } else { Arc::default() },
            free: self.listens_freely(asked),
            phrase_silence: whole_phrase_ends.then_some(timing.end_of_phrase),
            end_silence: timing.end_of_speech,
            max_speech: timing.max_speech,
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
    fn wait_for_input(&mut self, asked: Asked<'_>, now: Instant) {
        self.clock = None;
        if self.prompt.is_some() {
            return;
        }
        match self.held {
            Some(due) => self.clock = Some(Clock { due, of: Waiting::Held }),
            None => {
                let long = self.manner(asked).timing.no_input;
                self.wait(Waiting::Input, long, now);
            }
        }
    }

    fn prompt_ended(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        self.prompt = None;
        let flow = core.flow.clone();
        let live = self.live.clone();
        if let Some(asked) = live.asked(&flow, self.node)
            && self.clock.is_none()
        {
            self.listen(asked, core);
            self.wait_for_input(asked, now);
        }
        if core.keys.is_empty() { Ok(self) } else { self.take_typed(core, now) }
    }

    /// Whether keys that were typed ahead answer before the question is said.
    fn takes_typed(&self, asked: Asked<'_>) -> bool {
        self.manner(asked).inputs != Inputs::Speech
    }

    /// Keys that were typed before the question could be answered.
    fn take_typed(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.attended();
        while let Some(key) = core.keys.next() {
            self = self.pressed(key, core, now)?;
        }
        Ok(self)
    }

    fn speech_started(&mut self, core: &mut Core, now: Instant) {
        core.event(CallEvent::SpeechStarted);
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return };
        let manner: &Manner = self.manner(asked);
        let long = manner.timing.max_speech + GRACE;
        if manner.decides_barge_in() && manner.min_words <= 1 {
            self.interrupt(manner, core, now);
        }
        self.wait(Waiting::EndOfSpeech, long, now);
    }

    /// Stops the prompt where what was heard so far is enough to interrupt it.
    fn partly_heard(&mut self, text: &str, core: &mut Core, now: Instant) {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return };
        let manner = self.manner(asked);
        let enough = match manner.barge_in {
            BargeIn::ByWord => self.is_phrase(text, asked, core, now),
            BargeIn::BySpeech => manner.decides_barge_in() && words_in(text) >= manner.min_words,
            BargeIn::Never | BargeIn::ByKey => false,
        };
        if enough {
            self.interrupt(manner, core, now);
        }
    }

    fn interrupt(&self, manner: &Manner, core: &mut Core, now: Instant) {
        let Some(prompt) = self.prompt else { return };
        let played = core.played_ms(prompt, now).unwrap_or(u32::MAX);
        if u128::from(played) >= manner.no_barge_in.as_millis() {
            core.stop_playing(prompt);
        }
    }

    fn heard(mut self, heard: Heard, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.attended();
        core.heard(&heard, self.sensitive, now);
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Err(Step::Person) };
        let noise = heard.text.trim().is_empty() && heard.speech_ms < SHORTEST_SPEECH_MS && self.noises < MOST_NOISES;
        if noise {
            self.noises += 1;
            return Err(self.pass_over(core, now));
        }
        let manner = self.manner(asked);
        let over_prompt = self.prompt.is_some()
            && match manner.barge_in {
                BargeIn::ByWord => true,
                BargeIn::BySpeech if manner.decides_barge_in() => words_in(&heard.text) < manner.min_words,
                BargeIn::BySpeech | BargeIn::Never | BargeIn::ByKey => false,
            };
        self.lenient = over_prompt || self.held.is_some();
        let gone_on = self.understand(&heard, asked, core, now);
        gone_on.map(|mut asking| {
            asking.lenient = false;
            asking
        })
    }

    /// Nobody can listen freely: the narrower question is asked, and its phrases are listened to.
    fn narrower(mut self, core: &mut Core, now: Instant) -> Result<Self, Step> {
        core.event(CallEvent::ListenNarrowed);
        self.narrow = true;
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Err(Step::Person) };
        if !asked.has_phrases(self.item().unwrap_or_default()) {
            return self.not_listened(true, core, now);
        }
        if asked.narrow_line().is_some() && !self.keys_only(asked) {
            return Err(self.ask(Vec::new(), core, now));
        }
        self.listen(asked, core);
        if self.prompt.is_none() && self.clock.is_none() {
            self.wait_for_input(asked, now);
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
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Err(Step::Person) };
        let confirming = matches!(self.phase, Phase::Confirming(_) | Phase::Together(_));
        if failed && !confirming {
            if !self.keys_will_do(asked) {
                self.leave(core);
                return Err(Step::Person);
            }
            let first = !std::mem::replace(&mut self.tries().keys_only, true);
            if matches!(self.phase, Phase::Opening | Phase::Changing(_)) {
                return Err(self.next(Vec::new(), core, now));
            }
            if first && self.collected.digits.is_empty() {
                // Who has heard the question out is only told how to answer it.
                return Err(match self.keys_told(asked, core).filter(|_| self.prompt.is_none()) {
                    Some(told) => self.ask_as(vec![told], core, now),
                    None => self.ask(Vec::new(), core, now),
                });
            }
        }
        self.wait_for_input(asked, now);
        Ok(self)
    }

    fn pressed(mut self, key: char, core: &mut Core, now: Instant) -> Result<Self, Step> {
        let flow = core.flow.clone();
        let live = self.live.clone();
        let Some(asked) = live.asked(&flow, self.node) else { return Err(Step::Person) };
        let manner = self.manner(asked);
        if manner.inputs == Inputs::Speech && key != '0' {
            return Ok(self);
        }
        if self.prompt.is_some() && manner.barge_in == BargeIn::Never {
            core.keys.push(key);
            return Ok(self);
        }
        core.attended();
        self.held = None;
        self.lenient = false;
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
            Some(Waiting::EndKey) => Err(self.string_complete(core, now)),
            Some(Waiting::Held) => Err(self.held_too_long(core, now)),
            Some(Waiting::Input) | None => Err(self.silent(core, now)),
        }
    }
}

/// Words that were made out in a partial result.
fn words_in(text: &str) -> u32 {
    let words = crate::text::tokens(text).into_iter().filter(|word| word != "[unk]");
    u32::try_from(words.count()).unwrap_or(u32::MAX)
}

/// A recogniser that says nothing this long after the longest speech has failed.
const GRACE: Duration = Duration::from_secs(5);
/// Shorter sounds without words are coughs and clicks.
const SHORTEST_SPEECH_MS: u32 = 300;
/// Noises that are passed over in one turn.
const MOST_NOISES: u32 = 2;
