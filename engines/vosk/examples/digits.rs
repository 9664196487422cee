//! How well isolated digits are understood through a telephone's sound.
//!
//! ```text
//! cargo run --release -p engine-vosk --features libvosk --example digits -- FOLDER [MODEL]
//! ```
//!
//! FOLDER holds WAV files at 8 kHz named `{digit}_{speaker}_{take}.wav`. Each is heard as one turn, just as a worker hears a
//! caller: companded to G.711 and back, voice activity, level, 16 kHz, a grammar of the ten digits. Printed are the share
//! that was right, by speaker and digit, and the time that it took beside the length of the sound.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use asr::{Grammar, Model, Turn, TurnEvent};
use audio::g711::{self, Law};
use audio::{FRAME, Frame, Leveller, LevellerConfig, Upsampler, Vad, VadConfig};
use call_model::{Language, ListenRequest};
use engine_vosk::VoskModel;

const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

fn var(name: &str, default: f32) -> f32 {
    env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn main() {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else { fail("usage: digits FOLDER [MODEL]") };
    let model_folder = arguments.next().unwrap_or_else(|| "models/en".into());
    let model = VoskModel::load(&model_folder).unwrap_or_else(|error| fail(&error.to_string()));
    let takes = takes(&folder);
    let mode = env::var("MODE").unwrap_or_else(|_| "turn".into());
    let mut by_speaker: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut misses: BTreeMap<(u8, String), u32> = BTreeMap::new();
    let (mut right, mut sound, began) = (0, Duration::ZERO, Instant::now());
    for take in &takes {
        let (text, length) = if mode == "turn" { hear(&model, &take.file) } else { direct(&model, &take.file) };
        sound += length;
        let ok = text == DIGITS[usize::from(take.digit)];
        right += u32::from(ok);
        let score = by_speaker.entry(take.speaker.clone()).or_default();
        score.0 += u32::from(ok);
        score.1 += 1;
        if !ok {
            *misses.entry((take.digit, text)).or_default() += 1;
        }
    }
    for (speaker, (right, of)) in &by_speaker {
        println!("{speaker:<12} {right:4} of {of}");
    }
    for ((digit, heard), count) in &misses {
        println!("  {} heard as {heard:?}: {count}", DIGITS[usize::from(*digit)]);
    }
    let share = 100.0 * f64::from(right) / takes.len().max(1) as f64;
    let factor = began.elapsed().as_secs_f64() / sound.as_secs_f64().max(1e-9);
    println!("{right} of {} right, {share:.1} %; {factor:.4} of real time", takes.len());
}

struct Take {
    digit: u8,
    speaker: String,
    file: PathBuf,
}

fn takes(folder: &Path) -> Vec<Take> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| fail(&format!("{}: {error}", folder.display())));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
        .into_iter()
        .filter_map(|file| {
            let name = file.file_stem()?.to_str()?.to_owned();
            let mut parts = name.split('_');
            let digit = parts.next()?.parse().ok().filter(|digit| *digit < 10)?;
            Some(Take { digit, speaker: parts.next()?.to_owned(), file })
        })
        .collect()
}

fn wav(file: &Path) -> Vec<i16> {
    let bytes = fs::read(file).unwrap();
    let at = bytes.windows(4).position(|w| w == b"data").unwrap();
    let samples: Vec<i16> = bytes[at + 8..].chunks_exact(2).map(|p| i16::from_le_bytes([p[0], p[1]])).collect();
    samples.into_iter().map(|s| g711::decode(Law::Mu, g711::encode(Law::Mu, s))).collect()
}

fn hear(model: &dyn Model, file: &Path) -> (String, Duration) {
    let (before, after) = (var("BEFORE", 500.0), var("AFTER", 1000.0));
    let silence = |ms: f32| vec![0i16; (ms * 8.0) as usize];
    let mut all = [silence(before), wav(file), silence(after)].concat();
    all.resize(all.len().div_ceil(160) * 160, 0);
    let request = ListenRequest {
        language: Language::new("en"),
        phrases: DIGITS.map(str::to_owned).to_vec().into(),
        whole_phrase_ends: var("WHOLE", 0.0) > 0.0,
        end_silence: Duration::from_millis(var("END", 600.0) as u64),
        max_speech: Duration::from_secs(10),
    };
    let grammar = Grammar::new(DIGITS).unwrap();
    let mut turn = Turn::new(&request, grammar.clone(), model.listen(&grammar).unwrap());
    let mut vad = Vad::new(VadConfig::default());
    let length = Duration::from_millis(all.len() as u64 / 8);
    for chunk in all.chunks_exact(FRAME) {
        let frame: &Frame = chunk.try_into().unwrap();
        if let Some(TurnEvent::Heard(heard)) = turn.push(frame, vad.push(frame).voiced).unwrap() {
            return (heard.text, length);
        }
    }
    (format!("(no end, speaking {})", turn.is_speaking()), length)
}

/// Whole file to the recogniser: what is the best that preprocessing could do?
fn direct(model: &dyn Model, file: &Path) -> (String, Duration) {
    let mut samples = wav(file);
    let level = var("LEVEL", -20.0);
    if level < 0.0 {
        // Level of the loudest half of the frames.
        let mut levels: Vec<f32> = samples.chunks(160).map(audio::dbfs).collect();
        levels.sort_by(f32::total_cmp);
        let upper = &levels[levels.len() / 2..];
        let mean = 10.0 * (upper.iter().map(|l| 10f32.powf(l / 10.0)).sum::<f32>() / upper.len() as f32).log10();
        let gain = 10f32.powf((level - mean) / 20.0);
        for s in &mut samples {
            *s = (f32::from(*s) * gain).clamp(-31000.0, 31000.0) as i16;
        }
    }
    let noise = var("NOISE", 0.0);
    let mut seed = 1u32;
    let mut silence = |ms: f32| -> Vec<i16> {
        (0..(ms * 8.0) as usize)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 16) as f32 / 32768.0 - 1.0) as f32 * noise
            })
            .map(|v| v as i16)
            .collect()
    };
    let mut all = [silence(var("BEFORE", 500.0)), samples, silence(var("AFTER", 500.0))].concat();
    all.resize(all.len().div_ceil(160) * 160, 0);
    let mut up = Upsampler::new();
    let alike = env::var("ALIKE").unwrap_or_default();
    let alike: Vec<&str> = alike.split(',').filter(|w| !w.is_empty()).collect();
    let grammar = Grammar::new(DIGITS.iter().chain(&alike)).unwrap();
    let mut recogniser = model.listen(&grammar).unwrap();
    for chunk in all.chunks_exact(160) {
        let frame: &Frame = chunk.try_into().unwrap();
        recogniser.push(up.push(frame)).unwrap();
    }
    recogniser.push(up.push(&[0; 160])).unwrap();
    let words: Vec<String> = recogniser
        .finish()
        .unwrap()
        .into_iter()
        .map(|w| if alike.contains(&w.word.as_str()) { "six".into() } else { w.word })
        .collect();
    (words.join(" "), Duration::from_millis(all.len() as u64 / 8))
}

fn fail(why: &str) -> ! {
    eprintln!("digits: {why}");
    process::exit(1);
}
#[allow(dead_code)]
fn unused() -> Option<(Leveller, LevellerConfig)> {
    None
}
