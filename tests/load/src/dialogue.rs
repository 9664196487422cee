//! A caller in a flow's own dialogue, heard by the recogniser itself, on a virtual clock.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use asr::{Model, Turn, TurnEvent};
use audio::{FRAME_MS, Frame, Vad, VadConfig};
use call_model::{CallEvent, Heard, Language, ListenRequest, OrderId};
use engine_vosk::VoskModel;
use ivr_flows::{FilesInMemory, Flow, FlowRun, Input, Output, Start, Vocabulary};

/// A model, as flows and turns need it.
pub struct Ears {
    model: Arc<VoskModel>,
    language: Language,
}

/// A caller at a flow's question.
pub struct Dialogue<'m> {
    run: FlowRun,
    ears: &'m Ears,
    /// Whether every turn is listened to freely as well, whatever the flow says.
    free: bool,
    now: Instant,
    playing: Option<OrderId>,
    listening: Option<(OrderId, ListenRequest)>,
    events: VecDeque<CallEvent>,
    /// What was heard, turn by turn.
    pub heard: Vec<Heard>,
    /// Whether the dialogue led to a person.
    pub enqueued: bool,
    /// How long was decoded, and how long the sound was.
    pub decoding: Duration,
    /// How long the sound was.
    pub sound: Duration,
}

/// What a recogniser's turn made of some sound, and the frame at which it ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What was heard.
    pub heard: Heard,
    /// The frames that were taken.
    pub frames: usize,
}

impl Ears {
    /// Loads a model of a language.
    pub fn load(folder: &Path, language: &str) -> Result<Self> {
        Ok(Self { model: Arc::new(VoskModel::load(folder)?), language: Language::new(language) })
    }

    /// Loads a flow whose words the model knows.
    pub fn flow(&self, path: &Path) -> Result<Arc<Flow>> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let files = FilesInMemory::new().with("flow.yaml", &text);
        match Flow::load("flow.yaml", &files, Some(self)) {
            Ok(flow) => Ok(Arc::new(flow)),
            Err(found) => {
                let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                bail!("{}: {}", path.display(), found.join("\n"))
            }
        }
    }

    /// One turn of the recogniser, as its process hears it.
    pub fn hear(&self, frames: &[Frame], request: &ListenRequest, vad: &mut Vad) -> Result<Option<Ended>> {
        let model: Arc<dyn Model> = self.model.clone();
        let (mut turn, _) = Turn::open(request, &model)?;
        if request.free {
            turn = turn.with_free(model.listen_freely()?);
        }
        for (index, frame) in frames.iter().enumerate() {
            if let Some(TurnEvent::Heard(heard)) = turn.push(frame, vad.push(frame).voiced)? {
                return Ok(Some(Ended { heard, frames: index + 1 }));
            }
        }
        Ok(None)
    }
}

impl Vocabulary for Ears {
    fn speaks(&self, language: &Language) -> bool {
        *language == self.language
    }

    fn knows(&self, _: &Language, word: &str) -> bool {
        self.model.knows(word)
    }

    fn nearest(&self, _: &Language, word: &str) -> Option<String> {
        self.model.nearest(word)
    }
}

impl<'m> Dialogue<'m> {
    /// Calls a flow.
    pub fn new(flow: Arc<Flow>, start: Start, ears: &'m Ears) -> Self {
        let now = Instant::now();
        let mut dialogue = Self {
            run: FlowRun::new(flow, start, now),
            ears,
            free: false,
            now,
            playing: None,
            listening: None,
            events: VecDeque::new(),
            heard: Vec::new(),
            enqueued: false,
            decoding: Duration::ZERO,
            sound: Duration::ZERO,
        };
        dialogue.look();
        dialogue
    }

    /// Listens freely in every turn, too.
    pub fn freely(mut self, free: bool) -> Self {
        self.free = free;
        self
    }

    /// What is listened for now: the prompt has been heard out.
    pub fn request(&mut self) -> Option<ListenRequest> {
        self.hear_out();
        self.listening.as_ref().map(|(_, request)| request.clone())
    }

    /// Hears the prompt out, says something, and gives what happened up to the next prompt.
    pub fn turn(&mut self, frames: &[Frame]) -> Result<Vec<CallEvent>> {
        self.hear_out();
        self.events.clear();
        let mut vad = Vad::new(VadConfig::default());
        let mut rest = frames;
        // A noise before what is said ends a turn of the recogniser, but not the caller's.
        while let Some((order, request)) = self.listening.take() {
            let request = ListenRequest { free: request.free || self.free, ..request };
            let began = Instant::now();
            let ended = self.ears.hear(rest, &request, &mut vad)?;
            self.decoding += began.elapsed();
            let Some(Ended { heard, frames }) = ended else {
                self.pass(NOBODY_SPOKE);
                break;
            };
            self.sound += Duration::from_millis(u64::from(FRAME_MS) * frames as u64);
            rest = &rest[frames..];
            self.input(Input::SpeechStarted { order });
            self.heard.push(heard.clone());
            self.input(Input::Heard { order, heard });
            if self.playing.is_some() || self.events.iter().any(|event| matches!(event, CallEvent::TurnDecided { .. }))
            {
                break;
            }
        }
        Ok(self.events.drain(..).collect())
    }

    fn hear_out(&mut self) {
        while let Some(order) = self.playing.take() {
            self.input(Input::Finished { order });
        }
    }

    fn input(&mut self, input: Input) {
        self.now += Duration::from_millis(500);
        self.run.handle_input(input, self.now);
        self.look();
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.run.handle_timeout(self.now);
        self.look();
    }

    fn look(&mut self) {
        while let Some(output) = self.run.poll_output() {
            match output {
                Output::Play { order, .. } => self.playing = Some(order),
                Output::StopPlaying { order } if self.playing == Some(order) => self.playing = None,
                Output::Listen { order, request } => self.listening = Some((order, request)),
                Output::StopListening { order } if self.listening.as_ref().is_some_and(|(open, _)| *open == order) => {
                    self.listening = None;
                }
                Output::Enqueue { .. } => self.enqueued = true,
                Output::Event(event) => self.events.push_back(event),
                _ => {}
            }
        }
    }
}

/// Longer than any clock of a question.
const NOBODY_SPOKE: Duration = Duration::from_secs(20);
