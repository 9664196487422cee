//! How well isolated digits are understood through a telephone's sound.
//!
//! ```text
//! cargo run --release -p engine-vosk --features libvosk --example digits -- FOLDER [MODEL]
//! ```
//!
//! FOLDER holds WAV files at 8 kHz named `{digit}_{speaker}_{take}.wav`. Each is heard as one turn, just as a worker hears a
//! caller: companded to G.711 and back, voice activity, level, 16 kHz, a grammar of the ten digits. Printed are the share
//! that was right, by speaker, what the others were heard as, and the time that it took beside the length of the sound.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use asr::{Grammar, Model, Turn, TurnEvent};
use audio::g711::{self, Law};
use audio::{FRAME, FRAME_MS, Frame, RATE, SILENCE, Vad, VadConfig};
use call_model::{Language, ListenRequest};
use engine_vosk::VoskModel;

const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// Frames of silence before and after a digit, as in a call: half a second and one and a half.
const BEFORE: usize = 25;
const AFTER: usize = 75;

/// A recording.
struct Take {
    digit: usize,
    speaker: String,
    file: PathBuf,
}

/// What is counted.
#[derive(Default)]
struct Score {
    by_speaker: BTreeMap<String, (usize, usize)>,
    misses: BTreeMap<(usize, String), usize>,
    sound: Duration,
}

fn main() {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else { fail("usage: digits FOLDER [MODEL]") };
    let model = arguments.next().unwrap_or_else(|| "models/en".into());
    let model = VoskModel::load(&model).unwrap_or_else(|error| fail(&error.to_string()));
    let takes = takes(&folder);
    if takes.is_empty() {
        fail("there is no file named {digit}_{speaker}_{take}.wav in the folder");
    }
    let began = Instant::now();
    let mut score = Score::default();
    for take in &takes {
        let frames = frames(&take.file);
        score.sound += Duration::from_millis(u64::from(FRAME_MS) * frames.len() as u64);
        score.count(take, hear(&model, &frames));
    }
    score.print(began.elapsed());
}

impl Score {
    fn count(&mut self, take: &Take, heard: String) {
        let (right, of) = self.by_speaker.entry(take.speaker.clone()).or_default();
        *of += 1;
        if heard == DIGITS[take.digit] {
            *right += 1;
        } else {
            *self.misses.entry((take.digit, heard)).or_default() += 1;
        }
    }

    fn print(&self, took: Duration) {
        for (speaker, (right, of)) in &self.by_speaker {
            println!("{speaker:<12} {right:4} of {of}");
        }
        for ((digit, heard), count) in &self.misses {
            println!("  {count:3} times {} was heard as {heard:?}", DIGITS[*digit]);
        }
        let right: usize = self.by_speaker.values().map(|(right, _)| right).sum();
        let of: usize = self.by_speaker.values().map(|(_, of)| of).sum();
        let share = 100.0 * right as f64 / of as f64;
        let factor = took.as_secs_f64() / self.sound.as_secs_f64();
        println!("{right} of {of} digits right, {share:.1} %, at {factor:.4} of real time");
    }
}

/// The recordings of a folder, in the order of their names.
fn takes(folder: &Path) -> Vec<Take> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| fail(&format!("{}: {error}", folder.display())));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files.into_iter().filter_map(take).collect()
}

fn take(file: PathBuf) -> Option<Take> {
    let name = file.file_stem()?.to_str()?;
    let mut parts = name.split('_');
    let digit = parts.next()?.parse().ok().filter(|digit| *digit < DIGITS.len())?;
    let speaker = parts.next()?.to_owned();
    Some(Take { digit, speaker, file })
}

/// A recording as it arrives: in frames, through G.711, with silence around it.
fn frames(file: &Path) -> Vec<Frame> {
    let bytes = fs::read(file).unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
    let (samples, rate) =
        audio::wav::decode(&bytes).unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
    let samples = audio::resample_all(&samples, rate, RATE);
    let mut frames = vec![SILENCE; BEFORE];
    for chunk in samples.chunks(FRAME) {
        let mut frame = SILENCE;
        for (to, &sample) in frame.iter_mut().zip(chunk) {
            *to = g711::decode(Law::Mu, g711::encode(Law::Mu, sample));
        }
        frames.push(frame);
    }
    frames.resize(frames.len() + AFTER, SILENCE);
    frames
}

/// One turn. What was not heard at all is told in brackets.
fn hear(model: &dyn Model, frames: &[Frame]) -> String {
    let request = ListenRequest {
        language: Language::new("en"),
        phrases: DIGITS.map(str::to_owned).to_vec().into(),
        in_sentences: 0,
        synonyms: std::sync::Arc::default(),
        free: false,
        phrase_silence: None,
        end_silence: Duration::from_millis(600),
        max_speech: Duration::from_secs(10),
    };
    let grammar = Grammar::new(DIGITS).unwrap_or_else(|error| fail(&error.to_string()));
    let recogniser = model.listen(&grammar).unwrap_or_else(|error| fail(&error.to_string()));
    let mut turn = Turn::new(&request, grammar, recogniser);
    let mut vad = Vad::new(VadConfig::default());
    for frame in frames {
        match turn.push(frame, vad.push(frame).voiced) {
            Ok(Some(TurnEvent::Heard(heard))) => return heard.text,
            Ok(_) => {}
            Err(error) => fail(&error.to_string()),
        }
    }
    "(no speech)".to_owned()
}

fn fail(why: &str) -> ! {
    eprintln!("digits: {why}");
    process::exit(1);
}
