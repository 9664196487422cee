//! A caller in the flow's own dialogue.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use asr::{Grammar, Model, Turn, TurnEvent};
use audio::{Frame, Vad, VadConfig};
use call_model::{CallEvent, Heard, ListenRequest, OrderId, TurnResult};
use engine_vosk::VoskModel;
use ivr_flows::{Flow, FlowRun, Input, Output, Start};
use serde_json::{Value, json};

use crate::sound::Speaker;
use crate::wordings::{Utterance, Wordings};

/// A caller who stands at the menu.
pub struct Caller<'m> {
    run: FlowRun,
    model: &'m VoskModel,
    free: bool,
    now: Instant,
    playing: Option<OrderId>,
    listening: Option<(OrderId, ListenRequest)>,
    turns: VecDeque<TurnResult>,
    intent: Option<String>,
    heard: Vec<Heard>,
}

/// What became of what was said.
#[derive(Debug)]
pub struct Said {
    /// What became of the first turn.
    pub first: Option<TurnResult>,
    /// The intent that was taken within two turns.
    pub taken: Option<String>,
    /// What was heard, turn by turn.
    heard: Vec<Heard>,
    /// How long the first turn was decoded, and how long its sound is.
    pub decoding: Duration,
    pub sound: Duration,
}

impl Said {
    /// For a file.
    pub fn as_json(&self, utterance: &Utterance) -> Value {
        json!({
            "number": utterance.number,
            "manner": format!("{:?}", utterance.manner).to_lowercase(),
            "intent": utterance.intent,
            "words": utterance.words,
            "voice": utterance.voice.name,
            "first": self.first,
            "taken": self.taken,
            "heard": self.heard,
        })
    }
}

impl<'m> Caller<'m> {
    /// Calls a flow. With `free` every turn is listened to freely as well.
    pub fn calls(flow: Arc<Flow>, model: &'m VoskModel, free: bool) -> Self {
        let now = Instant::now();
        let run = FlowRun::new(flow, Start::default(), now);
        let (turns, heard) = (VecDeque::new(), Vec::new());
        let mut caller = Self { run, model, free, now, playing: None, listening: None, turns, intent: None, heard };
        caller.look();
        caller
    }

    /// Says something, and what is needed in one more turn.
    pub fn says(mut self, utterance: &Utterance, speaker: &mut Speaker, wordings: &Wordings) -> Result<Said> {
        let frames = speaker.says(&utterance.words, &utterance.voice)?;
        let sound = Duration::from_millis(20 * frames.len() as u64);
        let began = Instant::now();
        let mut first = self.turn(&frames)?;
        let decoding = began.elapsed();
        if let Some(result) = &mut first
            && self.intent.is_none()
        {
            let right = |meaning: &str| utterance.intent.as_deref() == Some(meaning);
            let answer = match result {
                TurnResult::AskedBack { meaning, .. } if right(meaning) => "yes",
                TurnResult::AskedBack { .. } => "no",
                _ => match &utterance.intent {
                    Some(intent) => wordings.plain(intent, utterance.number).context("an intent without phrases")?,
                    None => &utterance.words,
                },
            };
            let frames = speaker.says(answer, &utterance.voice)?;
            self.turn(&frames)?;
        }
        Ok(Said { first, taken: self.intent, heard: self.heard, decoding, sound })
    }

    /// One turn: the prompt is heard out, then comes the sound.
    fn turn(&mut self, frames: &[Frame]) -> Result<Option<TurnResult>> {
        if let Some(order) = self.playing.take() {
            self.input(Input::Finished { order });
        }
        self.turns.clear();
        let mut vad = Vad::new(VadConfig::default());
        let mut rest = frames;
        // A noise before what is said ends a turn of the recogniser, but not the caller's.
        while let Some((order, request)) = self.listening.take() {
            match self.hear(&mut rest, &request, &mut vad)? {
                Some(heard) => {
                    self.input(Input::SpeechStarted { order });
                    self.heard.push(heard.clone());
                    self.input(Input::Heard { order, heard });
                }
                None => {
                    self.pass(Duration::from_secs(20));
                    break;
                }
            }
            if !self.turns.is_empty() || self.playing.is_some() {
                break;
            }
        }
        Ok(self.turns.pop_front())
    }

    /// One turn of the recogniser; takes the frames that it needs.
    fn hear(&self, frames: &mut &[Frame], request: &ListenRequest, vad: &mut Vad) -> Result<Option<Heard>> {
        let grammar = Grammar::of(request)?;
        let recogniser = self.model.listen(&grammar).map_err(|error| anyhow!("{error}"))?;
        let mut turn = Turn::new(request, grammar, recogniser);
        if self.free || request.free {
            turn = turn.with_free(self.model.listen_freely().map_err(|error| anyhow!("{error}"))?);
        }
        while let Some((frame, rest)) = frames.split_first() {
            *frames = rest;
            if let Some(TurnEvent::Heard(heard)) = turn.push(frame, vad.push(frame).voiced)? {
                return Ok(Some(heard));
            }
        }
        Ok(None)
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
                Output::Event(CallEvent::TurnDecided { result, .. }) => self.turns.push_back(result),
                Output::Event(CallEvent::IntentFound { intent, .. }) => self.intent = Some(intent),
                Output::Enqueue { .. } if self.intent.is_none() => self.intent = Some("person".to_owned()),
                _ => {}
            }
        }
    }
}
