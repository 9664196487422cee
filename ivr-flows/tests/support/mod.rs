//! A caller on a virtual clock: speaks, presses, is silent, and sees what the dialogue orders.
#![allow(dead_code, clippy::disallowed_methods)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{
    BargeIn, CallEvent, CallId, Consult, ConsultResult, Consulted, Disposition, EventRecord, Heard, HeardWord,
    ListenEnd, ListenRequest, OrderId, RecordRequest, RecordResult, SoundFailure, TurnResult,
};
use ivr_flows::{
    Diagnostic, Divergence, FetchFailure, FilesInMemory, Flow, FlowRun, HttpAnswer, HttpRequest, Input, Output, Start,
    replay,
};

/// Reads a flow that must be right.
pub fn flow(yaml: &str) -> Arc<Flow> {
    let files = FilesInMemory::new().with("flow.yaml", yaml).with("services.yaml", SERVICES);
    match Flow::load("flow.yaml", &files, None) {
        Ok(flow) => Arc::new(flow),
        Err(found) => panic!("{}", found.iter().map(|d| format!("{d}\n")).collect::<String>()),
    }
}

/// Reads a flow of several files that must be right; the first is the flow itself.
pub fn flow_of(files: &[(&str, &str)]) -> Arc<Flow> {
    let (flow, found) = load_all(files);
    Arc::new(flow.unwrap_or_else(|| panic!("{}", found.iter().map(|d| format!("{d}\n")).collect::<String>())))
}

/// Everything that is wrong with a flow of several files.
pub fn findings(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    ivr_flows::check_files(files[0].0, &in_memory(files), None)
}

fn load_all(files: &[(&str, &str)]) -> (Option<Flow>, Vec<Diagnostic>) {
    match Flow::load(files[0].0, &in_memory(files), None) {
        Ok(flow) => (Some(flow), Vec::new()),
        Err(found) => (None, found),
    }
}

fn in_memory(files: &[(&str, &str)]) -> FilesInMemory {
    let with_services = FilesInMemory::new().with("services.yaml", SERVICES);
    files.iter().fold(with_services, |all, (name, text)| all.with(name, text))
}

/// A call that is run again from its events tells the same.
pub fn replays(flow: &Arc<Flow>, caller: &Caller) {
    let told = ivr_flows::replay(flow.clone(), &caller.records, Instant::now());
    let told = told.unwrap_or_else(|divergence| panic!("{divergence}"));
    assert!(!told.is_empty());
}

/// A back end with an account's balance.
pub const SERVICES: &str = "balance: { url: \"http://127.0.0.1/balance/{{ account }}\", timeout: 2s, fields: { amount: money, name: text } }\n\
                            ticket: { url: \"http://127.0.0.1/ticket\", method: post, fields: { number: digits } }\n";

/// A flow with these nodes, beginning at `first`, with `desk` and `bye` added.
pub fn nodes(nodes: &str) -> Arc<Flow> {
    flow(&yaml_of(nodes))
}

pub fn yaml_of(nodes: &str) -> String {
    let account =
        if nodes.contains("slot: account") { "{% if account %}, account {{ account }}{% endif %}" } else { "" };
    format!(
        "callwright: 1\nflow: test\nlanguage: en\nservices: services.yaml\nstart: first\nperson: desk\nnodes:\n{nodes}\n  \
         desk:\n    queue: {{ name: service, whisper: \"{{{{ intent }}}}{account}\", if_nobody: bye }}\n  \
         bye:\n    hang_up: {{ say: \"Goodbye.\" }}\n"
    )
}

/// One dialogue and everything that it said.
pub struct Caller {
    flow: Arc<Flow>,
    pub run: FlowRun,
    pub now: Instant,
    pub began: Instant,
    pub records: Vec<EventRecord>,
    /// Prompts in their order.
    pub prompts: Vec<String>,
    pub playing: Option<(OrderId, BargeIn)>,
    pub listening: Option<(OrderId, ListenRequest)>,
    pub fetch: Option<(OrderId, HttpRequest)>,
    pub consult: Option<(OrderId, Consult)>,
    pub surveys: Vec<Consult>,
    pub record: Option<(OrderId, RecordRequest)>,
    pub stopped_recording: Option<OrderId>,
    pub queued: Option<(String, String)>,
    pub waits_since: Option<Instant>,
    pub hung_up: Option<Option<Disposition>>,
    /// Whether the recording holds silence.
    pub muted: bool,
    /// Prompts that were stopped and whose end is still to be reported.
    pub stopping: Vec<OrderId>,
}

impl Caller {
    pub fn calls(flow: &Arc<Flow>) -> Self {
        Self::calls_with(
            flow,
            Start { caller: "+12025550123".into(), called: "100".into(), seed: 7, ..Start::default() },
        )
    }

    /// Calls at a wall time of the flow's zone.
    pub fn calls_at(flow: &Arc<Flow>, local: &str) -> Self {
        let local = Some(local.parse().expect("a wall time"));
        let start = Start { caller: "+12025550123".into(), called: "100".into(), seed: 7, local, ..Start::default() };
        Self::calls_with(flow, start)
    }

    pub fn calls_with(flow: &Arc<Flow>, start: Start) -> Self {
        let now = Instant::now();
        let run = FlowRun::new(flow.clone(), start, now);
        let mut caller = Self {
            flow: flow.clone(),
            run,
            now,
            began: now,
            records: Vec::new(),
            prompts: Vec::new(),
            playing: None,
            listening: None,
            fetch: None,
            consult: None,
            surveys: Vec::new(),
            record: None,
            stopped_recording: None,
            queued: None,
            waits_since: None,
            hung_up: None,
            muted: false,
            stopping: Vec::new(),
        };
        let started = CallEvent::Started {
            outbound: false,
            caller: "+12025550123".into(),
            called: "100".into(),
            flow: flow.name().into(),
            flow_hash: flow.hash().clone(),
            seed: 7,
            campaign: None,
            attempt: None,
        };
        caller.record(started);
        caller.drain();
        caller
    }

    fn record(&mut self, event: CallEvent) {
        let at_ms = (self.now - self.began).as_millis() as u64;
        let number = self.records.len() as u32 + 1;
        self.records.push(EventRecord { call: CallId::from_parts(0, 1), number, at_ms, event });
    }

    fn drain(&mut self) {
        while let Some(output) = self.run.poll_output() {
            match output {
                Output::Play { order, prompt, barge_in } => {
                    assert!(self.playing.is_none(), "two prompts at once: {}", prompt.transcript());
                    self.prompts.push(prompt.transcript());
                    self.playing = Some((order, barge_in));
                }
                Output::StopPlaying { order } => {
                    if self.playing.as_ref().is_some_and(|(playing, _)| *playing == order) {
                        self.playing = None;
                        self.stopping.push(order);
                    }
                }
                Output::Listen { order, request } => {
                    assert!(self.listening.is_none(), "two turns at once");
                    self.listening = Some((order, request));
                }
                Output::StopListening { order } => {
                    if self.listening.as_ref().is_some_and(|(listening, _)| *listening == order) {
                        self.listening = None;
                    }
                }
                Output::MuteRecording { muted } => self.muted = muted,
                Output::Fetch { order, request } => self.fetch = Some((order, request)),
                Output::Consult { order, request } => {
                    if let Consult::SaveSurvey { .. } = request {
                        // The dialogue does not wait for it.
                        self.surveys.push(request);
                        continue;
                    }
                    assert!(self.consult.is_none(), "two questions at once");
                    self.consult = Some((order, request));
                }
                Output::Record { order, request } => self.record = Some((order, request)),
                Output::StopRecording { order } => {
                    let stopped = self.record.take_if(|(recording, _)| *recording == order);
                    self.stopped_recording = stopped.map(|(order, _)| order);
                }
                Output::Enqueue { queue, whisper, since } => {
                    self.queued = Some((queue.as_str().to_owned(), whisper));
                    self.waits_since = Some(since);
                }
                Output::Transfer { request } => self.queued = Some((request.to, request.ring.as_secs().to_string())),
                Output::HangUp { disposition } => self.hung_up = Some(disposition),
                Output::Event(event) => self.record(event),
            }
        }
    }

    pub fn input(&mut self, input: Input) {
        self.run.handle_input(input, self.now);
        self.drain();
        // The media thread reports a stopped prompt a moment later.
        for order in std::mem::take(&mut self.stopping) {
            self.run.handle_input(Input::Stopped { order, played_ms: 100 }, self.now);
            self.drain();
        }
    }

    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = self.run.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.run.handle_timeout(self.now);
            self.drain();
            for order in std::mem::take(&mut self.stopping) {
                self.run.handle_input(Input::Stopped { order, played_ms: 100 }, self.now);
                self.drain();
            }
        }
        self.now = until;
    }

    /// Hears the prompt to its end.
    pub fn hears_out(&mut self) -> &mut Self {
        let (order, _) = self.playing.take().expect("a prompt plays");
        self.now += Duration::from_secs(2);
        self.input(Input::Finished { order });
        self
    }

    /// Hears everything until the dialogue waits for something else.
    pub fn hears_all(&mut self) -> &mut Self {
        while self.playing.is_some() {
            self.hears_out();
        }
        self
    }

    /// Speaks, into the prompt where it can be interrupted.
    pub fn says(&mut self, text: &str) -> &mut Self {
        self.says_surely(text, 1.0)
    }

    pub fn says_surely(&mut self, text: &str, confidence: f32) -> &mut Self {
        self.is_heard(heard(text, confidence))
    }

    /// What a recogniser makes of the words, with its grammar and word for word.
    pub fn is_heard(&mut self, heard: Heard) -> &mut Self {
        if self
            .playing
            .as_ref()
            .is_some_and(|(_, barge_in)| *barge_in != BargeIn::BySpeech && *barge_in != BargeIn::ByWord)
        {
            self.hears_all();
        }
        let (order, _) = self.listening.clone().expect("somebody listens");
        self.now += Duration::from_millis(700);
        self.input(Input::SpeechStarted { order });
        if let Some((playing, BargeIn::BySpeech)) = self.playing {
            self.playing = None;
            self.input(Input::Stopped { order: playing, played_ms: 700 });
        }
        self.now += Duration::from_millis(900);
        self.listening = None;
        self.input(Input::Heard { order, heard });
        self
    }

    pub fn presses(&mut self, keys: &str) -> &mut Self {
        for digit in keys.chars() {
            self.now += Duration::from_millis(300);
            let stops = self.playing.is_some_and(|(_, barge_in)| barge_in != BargeIn::Never);
            let playing = self.playing;
            self.input(Input::DigitPressed { digit });
            if stops
                && let (Some((before, _)), Some((after, _))) = (playing, self.playing)
                && before == after
            {
                self.playing = None;
                self.input(Input::Stopped { order: before, played_ms: 300 });
            }
        }
        self
    }

    /// Hears out the prompt and says nothing for a while.
    pub fn is_silent(&mut self, time: Duration) -> &mut Self {
        if self.playing.is_some() {
            self.hears_out();
        }
        self.pass(time);
        self
    }

    pub fn answers(&mut self, status: u16, body: &str) -> &mut Self {
        let (order, _) = self.fetch.take().expect("a back end was asked");
        self.now += Duration::from_millis(50);
        self.input(Input::Fetched { order, result: Ok(HttpAnswer { status, body: body.into() }) });
        self
    }

    pub fn fails_to_answer(&mut self) -> &mut Self {
        let (order, _) = self.fetch.take().expect("a back end was asked");
        self.input(Input::Fetched { order, result: Err(FetchFailure::TimedOut) });
        self
    }

    /// The server answers what was asked; gives the question.
    pub fn is_told(&mut self, answer: Consulted) -> Consult {
        self.server_says(Ok(answer))
    }

    pub fn server_says(&mut self, result: ConsultResult) -> Consult {
        let (order, request) = self.consult.take().expect("the server was asked");
        self.now += Duration::from_millis(20);
        self.input(Input::Consulted { order, result });
        request
    }

    pub fn is_recorded(&mut self, recording: RecordResult) -> RecordRequest {
        let (order, request) = self.record.take().expect("somebody is recorded");
        self.now += Duration::from_secs(5);
        self.input(Input::Recorded { order, recording });
        request
    }

    pub fn recogniser_fails(&mut self) -> &mut Self {
        let (order, _) = self.listening.take().expect("somebody listens");
        self.input(Input::Failed { order, why: SoundFailure::RecogniserUnavailable });
        self
    }

    pub fn nobody_is_free(&mut self) -> &mut Self {
        assert!(self.queued.take().is_some());
        self.input(Input::QueueFailed { why: call_model::TransferFailure::Nobody });
        self
    }

    pub fn last(&self) -> &str {
        self.prompts.last().map(String::as_str).unwrap_or_default()
    }

    /// The nodes in the order in which they were entered.
    pub fn path(&self) -> Vec<&str> {
        self.records
            .iter()
            .filter_map(|record| match &record.event {
                CallEvent::NodeEntered { node, .. } => Some(node.as_str()),
                _ => None,
            })
            .collect()
    }

    pub fn turns(&self) -> Vec<&TurnResult> {
        self.records
            .iter()
            .filter_map(|record| match &record.event {
                CallEvent::TurnDecided { result, .. } => Some(result),
                _ => None,
            })
            .collect()
    }

    pub fn slot(&self, name: &str) -> Option<String> {
        self.run.handover().slots.into_iter().find(|slot| slot.name == name).map(|slot| slot.value)
    }

    pub fn events(&self) -> impl Iterator<Item = &CallEvent> {
        self.records.iter().map(|record| &record.event)
    }
}

/// The events of every dialogue lead the same way again.
impl Drop for Caller {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let told: Vec<CallEvent> = self.events().skip(1).cloned().collect();
        match replay(self.flow.clone(), &self.records, self.began) {
            Ok(again) => assert_eq!(again, told, "the dialogue goes another way when it is run again"),
            Err(Divergence::Withheld { .. }) => {}
            Err(other) => panic!("the dialogue cannot be run again: {other}"),
        }
    }
}

pub fn heard(text: &str, confidence: f32) -> Heard {
    let words = text
        .split_whitespace()
        .zip(0u32..)
        .map(|(word, n)| HeardWord { word: word.into(), confidence, start_ms: n * 200, end_ms: n * 200 + 180 })
        .collect();
    Heard {
        text: text.into(),
        words,
        again: None,
        without_synonyms: None,
        free: None,
        speech_ms: 900,
        end: ListenEnd::EndOfSpeech,
    }
}

/// A flow of nodes, with further files.
pub fn with_files(nodes: &str, more: &[(&str, &str)]) -> Arc<Flow> {
    let files = more
        .iter()
        .fold(FilesInMemory::new().with("flow.yaml", &yaml_of(nodes)), |files, (name, text)| files.with(name, text));
    match Flow::load("flow.yaml", &files, None) {
        Ok(flow) => Arc::new(flow),
        Err(found) => panic!("{}", found.iter().map(|d| format!("{d}\n")).collect::<String>()),
    }
}

/// What is wrong with a flow of nodes.
pub fn found_in(nodes: &str) -> Vec<String> {
    let files = FilesInMemory::new().with("flow.yaml", &yaml_of(nodes)).with("services.yaml", SERVICES);
    ivr_flows::check_files("flow.yaml", &files, None).iter().map(ToString::to_string).collect()
}

/// A file of questions and answers.
pub const ANSWERS: &str = "- ask: [when are you open, what are your opening hours]\n  answer: \"From eight to six.\"\n\
                       - ask: [how can i pay my bill]\n  answer: \"You can pay by card or bank transfer.\"\n\
                       - ask: where is your shop\n  answer: \"At the North Gate, opposite the station.\"\n";

pub fn history(days: &[&str]) -> Consulted {
    let call = |day: &&str| call_model::PastCall {
        call: call_model::CallId::from_parts(1, 1),
        day: day.parse().expect("a day"),
        intent: Some("bill".into()),
        service: None,
        disposition: call_model::Disposition::SelfServed,
    };
    Consulted::History { today: "2026-11-24".parse().expect("a day"), calls: days.iter().map(call).collect() }
}
