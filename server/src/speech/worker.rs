//! The recogniser process: `callwright asr-worker`.
//!
//! It speaks the messages of [`asr::wire`] on its standard input, which is a socket, and ends when its parent has gone.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use asr::wire::{Decoder, FromWorker, Message, ToWorker, Unknown, Work};
use asr::{Model, RecogniserError, Turn, TurnEvent};
use audio::FRAME_MS;
use call_model::{Language, ListenRequest};
use engine_vosk::VoskModel;

/// Runs until the parent has gone.
pub fn run(models: Vec<(String, PathBuf)>) -> Result<()> {
    lower_priority();
    let socket: OwnedFd = std::io::stdin().as_fd().try_clone_to_owned().context("no socket on standard input")?;
    let mut stream = UnixStream::from(socket);
    let mut worker = Worker { models: load(models)?, turns: HashMap::new(), work: Work::default(), out: Vec::new() };
    let languages = worker.models.keys().map(|tag| Language::new(tag)).collect();
    FromWorker::Ready { languages }.encode(&mut worker.out);
    worker.flush(&mut stream)?;
    let mut decoder = Decoder::new();
    let mut buffer = vec![0u8; READ_BUFFER];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        decoder.feed(&buffer[..length]);
        while let Some(message) = decoder.message::<ToWorker>()? {
            worker.take(message);
            // What was heard is told before the next turn is decoded.
            worker.flush(&mut stream)?;
        }
    }
}

struct Worker {
    models: BTreeMap<String, Arc<VoskModel>>,
    turns: HashMap<u64, OpenTurn>,
    work: Work,
    out: Vec<u8>,
}

struct OpenTurn {
    turn: Turn,
    free: bool,
}

impl Worker {
    fn take(&mut self, message: ToWorker) {
        match message {
            ToWorker::Open { turn, request } => match self.open(&request) {
                Ok(open) => {
                    self.turns.insert(turn, OpenTurn { turn: open, free: request.free });
                }
                Err(why) => FromWorker::Failed { turn, why }.encode(&mut self.out),
            },
            ToWorker::Sound { turn, voiced, frame } => self.sound(turn, voiced, &frame),
            ToWorker::Close { turn } => {
                self.turns.remove(&turn);
            }
            ToWorker::HowAreYou { request } => {
                FromWorker::Doing { request, work: self.work }.encode(&mut self.out);
            }
            ToWorker::Knows { request, language, words } => {
                let unknown = self.unknown(&language, words);
                FromWorker::Known { request, unknown }.encode(&mut self.out);
            }
        }
    }

    fn open(&self, request: &ListenRequest) -> Result<Turn, String> {
        let model =
            self.models.get(request.language.as_str()).ok_or_else(|| format!("no model for {}", request.language))?;
        let model: Arc<dyn Model> = model.clone();
        let (turn, left_out) = Turn::open(request, &model).map_err(|error| error.to_string())?;
        if left_out > 0 {
            tracing::warn!(left_out, "phrases with words that the model does not know are not listened for");
        }
        if !request.free {
            return Ok(turn);
        }
        // Without its free half a turn still hears the phrases.
        Ok(match model.listen_freely() {
            Ok(free) => turn.with_free(free),
            Err(error) => {
                tracing::warn!(%error, "a turn listens to its phrases only");
                turn
            }
        })
    }

    fn sound(&mut self, turn: u64, voiced: bool, frame: &audio::Frame) {
        let Some(open) = self.turns.get_mut(&turn) else { return };
        let began = Instant::now();
        let result: Result<Option<TurnEvent>, RecogniserError> = open.turn.push(frame, voiced);
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.work.busy_us += took;
        if open.free {
            self.work.free_busy_us += took;
            self.work.free_speech_ms += if open.turn.is_speaking() { u64::from(FRAME_MS) } else { 0 };
        }
        match result {
            Ok(None) => {}
            Ok(Some(TurnEvent::Partial(text))) => FromWorker::Partial { turn, text }.encode(&mut self.out),
            Ok(Some(TurnEvent::Heard(heard))) => {
                self.turns.remove(&turn);
                FromWorker::Heard { turn, heard }.encode(&mut self.out);
            }
            Err(error) => {
                self.turns.remove(&turn);
                FromWorker::Failed { turn, why: error.to_string() }.encode(&mut self.out);
            }
        }
    }

    fn unknown(&self, language: &Language, words: Vec<String>) -> Vec<Unknown> {
        let Some(model) = self.models.get(language.as_str()) else {
            return words.into_iter().map(|word| Unknown { word, nearest: None }).collect();
        };
        let unknown = words.into_iter().filter(|word| !model.knows(word));
        unknown.map(|word| Unknown { nearest: model.nearest(&word), word }).collect()
    }

    fn flush(&mut self, stream: &mut UnixStream) -> std::io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        stream.write_all(&self.out)?;
        self.out.clear();
        Ok(())
    }
}

fn load(models: Vec<(String, PathBuf)>) -> Result<BTreeMap<String, Arc<VoskModel>>> {
    let mut loaded = BTreeMap::new();
    for (language, folder) in models {
        let model = VoskModel::load(&folder).with_context(|| format!("the model for {language} cannot be used"))?;
        loaded.insert(language, Arc::new(model));
    }
    Ok(loaded)
}

/// Sound goes before recognition.
fn lower_priority() {
    super::voices::be_nice();
}

const READ_BUFFER: usize = 64 * 1024;
