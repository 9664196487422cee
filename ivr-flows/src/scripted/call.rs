//! One call on a virtual clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{
    BargeIn, CallEvent, Consult, ConsultResult, Disposition, Heard, ListenRequest, OrderId, RecordFailure,
    RecordRequest, Recording, RecordingEnd, RecordingId, SoundFailure, TransferFailure,
};

use super::hearing::{Clarity, hear};
use crate::flow::Flow;
use crate::run::{FetchResult, FlowRun, Handover, HttpRequest, Input, Output, Start};

/// A call without a telephone: the dialogue, what is heard of it, and a clock that only moves when it is told to.
#[derive(Debug)]
pub struct VirtualCall {
    run: FlowRun,
    now: Instant,
    began: Instant,
    events: Vec<CallEvent>,
    /// What was said and nobody has taken note of yet.
    said: VecDeque<String>,
    playing: Option<Playing>,
    listening: Option<(OrderId, ListenRequest)>,
    recording: Option<(OrderId, RecordRequest)>,
    recordings: u128,
    wants: VecDeque<Want>,
    replies: Vec<(Instant, Input)>,
    deaf: bool,
    cannot_record: bool,
    queued: Option<(String, String)>,
    disposition: Option<Disposition>,
    hung_up: bool,
}

/// What the dialogue wants from the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Want {
    /// An answer of a back end, by [`VirtualCall::answer`].
    Fetch {
        /// The order to answer.
        order: OrderId,
        /// What is asked.
        request: HttpRequest,
    },
    /// An answer of the server's own tables, by [`VirtualCall::server_answers`].
    Consult {
        /// The order to answer.
        order: OrderId,
        /// What is asked.
        question: Consult,
    },
    /// People; [`VirtualCall::nobody_comes`] sends the caller back.
    People {
        /// The queue's name.
        queue: String,
        /// What the agent would hear first.
        whisper: String,
    },
}

/// A prompt that is heard.
#[derive(Debug)]
struct Playing {
    order: OrderId,
    barge_in: BargeIn,
    began: Instant,
    ends: Instant,
}

impl VirtualCall {
    /// Begins a call at `now`, which may be any instant.
    pub fn new(flow: Arc<Flow>, start: Start, now: Instant) -> Self {
        let run = FlowRun::new(flow, start, now);
        let mut call = Self {
            run,
            now,
            began: now,
            events: Vec::new(),
            said: VecDeque::new(),
            playing: None,
            listening: None,
            recording: None,
            recordings: 0,
            wants: VecDeque::new(),
            replies: Vec::new(),
            deaf: false,
            cannot_record: false,
            queued: None,
            disposition: None,
            hung_up: false,
        };
        call.drain();
        call
    }

    /// What the dialogue wants next from the world.
    pub fn want(&mut self) -> Option<Want> {
        self.wants.pop_front()
    }

    /// The next prompt that nobody has taken note of.
    pub fn said(&mut self) -> Option<String> {
        self.said.pop_front()
    }

    /// Everything that has happened so far.
    pub fn events(&self) -> &[CallEvent] {
        &self.events
    }

    /// The node that the dialogue is at.
    pub fn node(&self) -> &str {
        let entered = self.events.iter().rev().find_map(|event| match event {
            CallEvent::NodeEntered { node, .. } => Some(node.as_str()),
            _ => None,
        });
        entered.unwrap_or_default()
    }

    /// How long the call has lasted.
    pub fn elapsed(&self) -> Duration {
        self.now - self.began
    }

    /// When the dialogue acts by itself next, if nothing comes.
    pub fn next_timer(&self) -> Option<Duration> {
        self.run.poll_timeout().map(|due| due.saturating_duration_since(self.now))
    }

    /// What has been learnt so far.
    pub fn handover(&self) -> Handover {
        self.run.handover()
    }

    /// The variables that are filled, as they are stored.
    pub fn variables(&self) -> Vec<(String, String)> {
        self.run.variables()
    }

    /// The queue that the caller was put into last, and what the agent hears.
    pub fn queued(&self) -> Option<(&str, &str)> {
        self.queued.as_ref().map(|(queue, whisper)| (queue.as_str(), whisper.as_str()))
    }

    /// What the call meant, as far as the flow has said it.
    pub fn disposition(&self) -> Option<Disposition> {
        self.disposition.or_else(|| self.run.disposition())
    }

    /// Whether the call has ended.
    pub fn is_over(&self) -> bool {
        self.hung_up
    }

    /// Whether something is heard, or an answer is on its way: the dialogue goes on without the caller.
    pub fn is_busy(&self) -> bool {
        !self.hung_up && (self.playing.is_some() || !self.replies.is_empty() || self.run.pauses())
    }

    /// What is listened for, when somebody listens.
    pub fn listens_for(&self) -> Option<&ListenRequest> {
        self.listening.as_ref().map(|(_, request)| request)
    }

    /// Whether speech would interrupt what is said.
    pub fn can_be_interrupted(&self) -> bool {
        self.playing.as_ref().is_none_or(|playing| playing.barge_in == BargeIn::BySpeech)
    }

    /// From now on no recogniser listens, or one does again.
    pub fn set_deaf(&mut self, deaf: bool) {
        self.deaf = deaf;
        if deaf && let Some((order, _)) = self.listening.take() {
            self.take(Input::Failed { order, why: SoundFailure::RecogniserUnavailable });
        }
    }

    /// What `recorded:` in the services' file says to the request that is not answered yet.
    pub fn recorded_answer(&self) -> Option<FetchResult> {
        self.run.recorded_answer()
    }

    /// A back end answers after a while.
    pub fn answer(&mut self, order: OrderId, after: Duration, result: FetchResult) {
        self.replies.push((self.now + after, Input::Fetched { order, result }));
    }

    /// The server answers a question.
    pub fn server_answers(&mut self, order: OrderId, result: ConsultResult) {
        self.replies.push((self.now + SERVER, Input::Consulted { order, result }));
    }

    /// Whether what the caller says is recorded.
    pub fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// From now on nothing can be recorded, or something can again.
    pub fn set_cannot_record(&mut self, cannot: bool) {
        self.cannot_record = cannot;
    }

    /// The caller says nothing into a recording, or nothing more.
    pub fn ends_recording(&mut self, spoken: Duration) {
        let Some((order, request)) = self.recording.take() else { return };
        let silence = Duration::from_millis(u64::from(request.final_silence_ms));
        let longest = Duration::from_millis(u64::from(request.max_ms));
        self.now += (spoken + silence).min(longest);
        let ended = if spoken < longest { RecordingEnd::Silence } else { RecordingEnd::Full };
        self.recorded(order, spoken.min(longest), ended);
    }

    /// Nobody in the queue can be reached, after a while; why.
    pub fn nobody_comes(&mut self, after: Duration, why: TransferFailure) {
        self.replies.push((self.now + after, Input::QueueFailed { why }));
    }

    /// Lets the next thing happen that is due until `until`: a prompt ends, an answer comes, a timer runs out. `false`
    /// when nothing is due; the clock then stands at `until`.
    pub fn step(&mut self, until: Duration) -> bool {
        let until = self.now + until;
        let reply = self.replies.iter().map(|(due, _)| *due).min();
        let prompt = self.playing.as_ref().map(|playing| playing.ends);
        let timer = self.run.poll_timeout();
        let next = [reply, prompt, timer].into_iter().flatten().min().filter(|due| *due <= until && !self.hung_up);
        let Some(due) = next else {
            self.now = until;
            return false;
        };
        self.now = self.now.max(due);
        if reply.is_some_and(|reply| reply <= due) {
            let at = self.replies.iter().position(|(reply, _)| *reply <= due).unwrap_or_default();
            let (_, input) = self.replies.remove(at);
            self.take(input);
        } else if prompt.is_some_and(|ends| ends <= due) {
            if let Some(playing) = self.playing.take() {
                self.take(Input::Finished { order: playing.order });
            }
        } else {
            self.run.handle_timeout(self.now);
            self.drain();
        }
        true
    }

    /// The caller says a sentence to the turn that listens, into the prompt if need be. `false` when nobody listens.
    pub fn speak(&mut self, text: &str) -> bool {
        self.speak_as(text, Clarity::Clear)
    }

    /// The same, so that the recogniser is unsure of every word.
    pub fn mumble(&mut self, text: &str) -> bool {
        self.speak_as(text, Clarity::Unclear)
    }

    /// The recogniser has heard something. `false` when nobody listens.
    pub fn hears(&mut self, heard: Heard) -> bool {
        let Some((order, _)) = self.listening.clone() else { return false };
        self.now += REACTION;
        self.take(Input::SpeechStarted { order });
        if self.can_be_interrupted() {
            self.stop_prompt();
        } else if self.playing.is_some() {
            self.take(Input::Partial { order, text: heard.text.clone() });
        }
        if self.listening.as_ref().is_none_or(|(listening, _)| *listening != order) {
            return true;
        }
        self.now += Duration::from_millis(u64::from(heard.speech_ms));
        self.listening = None;
        self.take(Input::Heard { order, heard });
        true
    }

    /// The caller presses a key.
    pub fn press(&mut self, digit: char) {
        self.now += BETWEEN_KEYS;
        let stops = self.playing.as_ref().is_some_and(|playing| playing.barge_in != BargeIn::Never);
        let before = self.playing.as_ref().map(|playing| playing.order);
        let recording = self.recording.clone().filter(|(_, request)| request.key_ends).map(|(order, _)| order);
        self.take(Input::DigitPressed { digit });
        if let Some(order) = recording
            && self.recording.take_if(|(recording, _)| *recording == order).is_some()
        {
            self.recorded(order, BETWEEN_KEYS, RecordingEnd::Key);
        }
        if stops && self.playing.as_ref().map(|playing| playing.order) == before {
            self.stop_prompt();
        }
    }

    /// The caller hangs up; the flow may have something to do after that.
    pub fn hang_up(&mut self) {
        self.disposition = self.run.disposition();
        (self.playing, self.listening, self.recording) = (None, None, None);
        // What stands under `on_hangup:` is still done.
        self.take(Input::CallerLeft);
        self.hung_up |= self.run.is_over();
    }

    fn speak_as(&mut self, text: &str, clarity: Clarity) -> bool {
        if self.recording.is_some() {
            self.ends_recording(spoken_time(text));
            return true;
        }
        let Some((_, request)) = &self.listening else { return false };
        let heard = hear(text, request, clarity);
        self.hears(heard)
    }

    fn recorded(&mut self, order: OrderId, length: Duration, ended: RecordingEnd) {
        self.recordings += 1;
        let id = (!length.is_zero()).then(|| RecordingId::from_parts(0, self.recordings));
        let length_ms = u32::try_from(length.as_millis()).unwrap_or(u32::MAX);
        self.take(Input::Recorded { order, recording: Ok(Recording { id, length_ms, ended }) });
    }

    fn stop_prompt(&mut self) {
        let Some(playing) = self.playing.take() else { return };
        let played = self.now.saturating_duration_since(playing.began).as_millis();
        let played_ms = u32::try_from(played).unwrap_or(u32::MAX);
        self.take(Input::Stopped { order: playing.order, played_ms });
    }

    fn take(&mut self, input: Input) {
        self.run.handle_input(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.run.poll_output() {
            self.carry_out(output);
        }
        let due = self.listening.as_ref().filter(|_| self.deaf).map(|(order, _)| *order);
        if let Some(order) = due {
            self.listening = None;
            self.take(Input::Failed { order, why: SoundFailure::RecogniserUnavailable });
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Play { order, prompt, barge_in } => {
                let text = prompt.transcript();
                let ends = self.now + spoken_time(&text);
                self.said.push_back(text);
                self.playing = Some(Playing { order, barge_in, began: self.now, ends });
            }
            Output::StopPlaying { order } => {
                if self.playing.as_ref().is_some_and(|playing| playing.order == order) {
                    self.stop_prompt();
                }
            }
            Output::MuteRecording { .. } => {}
            Output::Listen { order, request } => self.listening = Some((order, request)),
            Output::StopListening { order } => {
                self.listening.take_if(|(listening, _)| *listening == order);
            }
            Output::Fetch { order, request } => self.wants.push_back(Want::Fetch { order, request }),
            Output::Consult { order, request } => self.wants.push_back(Want::Consult { order, question: request }),
            Output::Record { order, .. } if self.cannot_record => {
                let failed = Input::Recorded { order, recording: Err(RecordFailure::Disk) };
                self.replies.push((self.now, failed));
            }
            Output::Record { order, request } => self.recording = Some((order, request)),
            Output::StopRecording { order } => {
                if self.recording.take_if(|(recording, _)| *recording == order).is_some() {
                    let recording = Ok(Recording { id: None, length_ms: 0, ended: RecordingEnd::Stopped });
                    self.replies.push((self.now, Input::Recorded { order, recording }));
                }
            }
            Output::Enqueue { queue, whisper, .. } => {
                let queue = queue.as_str().to_owned();
                self.queued = Some((queue.clone(), whisper.clone()));
                self.wants.push_back(Want::People { queue, whisper });
            }
            Output::Transfer { request } => {
                self.queued = Some((request.to.clone(), String::new()));
                self.wants.push_back(Want::People { queue: request.to, whisper: String::new() });
            }
            Output::HangUp { disposition } => {
                self.disposition = disposition;
                self.hung_up = true;
            }
            Output::Event(event) => self.events.push(event),
        }
    }
}

/// How long a voice takes for a text.
fn spoken_time(text: &str) -> Duration {
    let of = |c: char| if c.is_ascii() { 65 } else { 200 };
    Duration::from_millis(300 + text.chars().map(of).sum::<u64>())
}

/// People begin to speak so soon after they have heard enough.
const REACTION: Duration = Duration::from_millis(500);
/// The server's own tables answer so soon.
const SERVER: Duration = Duration::from_millis(20);
/// From key to key.
const BETWEEN_KEYS: Duration = Duration::from_millis(300);
