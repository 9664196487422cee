//! Measures voice activity and key detection on recordings, and what both cost.
//!
//! `cargo run --release -p audio --example measure -- FOLDER` with a folder of WAV files of single words. Each is brought
//! to several levels, laid over noise at several distances, sent through µ-law, and put between silences of noise.

#![allow(clippy::disallowed_methods)]

use std::path::Path;
use std::time::Instant;

use audio::g711::{self, Law};
use audio::{ComfortNoise, DtmfDetector, FRAME, Frame, SILENCE, Upsampler, Vad, VadEvent, dbfs};

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: measure FOLDER_OF_WAV_FILES");
        std::process::exit(2);
    };
    let words = read(Path::new(&folder));
    println!("{} recordings", words.len());
    talk_off(&words);
    for noise in ["white", "brown"] {
        for level in [-35.0, -25.0, -10.0] {
            for distance in [40.0, 20.0, 15.0, 10.0] {
                report(&words, noise, level, distance);
            }
        }
    }
    cost(&words);
}

fn read(folder: &Path) -> Vec<(String, Vec<i16>)> {
    let mut words = Vec::new();
    let entries = std::fs::read_dir(folder).expect("the folder can be listed");
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "wav"))
    {
        let bytes = std::fs::read(&path).expect("the file can be read");
        let (samples, rate) = audio::wav::decode(&bytes).expect("the file is a WAV file");
        words.push((
            path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            audio::resample_all(&samples, rate, audio::RATE),
        ));
    }
    words.sort();
    words
}

fn frames(samples: &[i16]) -> impl Iterator<Item = Frame> {
    samples.chunks(FRAME).map(|chunk| {
        let mut frame = SILENCE;
        for (to, &from) in frame.iter_mut().zip(chunk) {
            *to = g711::decode(Law::Mu, g711::encode(Law::Mu, from));
        }
        frame
    })
}

fn talk_off(words: &[(String, Vec<i16>)]) {
    let mut false_keys = Vec::new();
    let mut seconds = 0.0;
    for (name, samples) in words {
        let mut detector = DtmfDetector::new();
        seconds += samples.len() as f32 / 8_000.0;
        false_keys.extend(frames(samples).filter_map(|frame| detector.push(&frame)).map(|key| (key, name)));
    }
    println!(
        "keys heard in {seconds:.0} s of speech: {} {:?}",
        false_keys.len(),
        &false_keys[..false_keys.len().min(5)]
    );
}

/// Level of the louder half of the frames.
fn active_level(samples: &[i16]) -> f32 {
    let mut levels: Vec<f32> = samples.chunks(FRAME).map(dbfs).collect();
    levels.sort_by(f32::total_cmp);
    let loud = &levels[levels.len() / 2..];
    10.0 * (loud.iter().map(|level| 10f32.powf(level / 10.0)).sum::<f32>() / loud.len() as f32).log10()
}

fn noise(kind: &str, seed: u64, level: f32, length: usize) -> Vec<f32> {
    let mut generator = ComfortNoise::new(seed, -20.0);
    let mut out = Vec::new();
    let mut low = 0.0;
    while out.len() < length {
        let mut frame = SILENCE;
        generator.fill(&mut frame);
        for sample in frame {
            low = if kind == "white" { f32::from(sample) } else { 0.9 * low + f32::from(sample) };
            out.push(low);
        }
    }
    let mean = out.iter().map(|v| v * v).sum::<f32>() / out.len() as f32;
    let scale = 32_768.0 * 10f32.powf(level / 20.0) / mean.sqrt();
    out.iter_mut().for_each(|v| *v *= scale);
    out.truncate(length);
    out
}

fn report(words: &[(String, Vec<i16>)], kind: &str, level: f32, distance: f32) {
    let (mut late, mut missed, mut early, mut split, mut tails) = (Vec::new(), 0, 0, 0, Vec::new());
    for (n, (name, word)) in words.iter().enumerate() {
        let gain = 10f32.powf((level - active_level(word)) / 20.0);
        let before = 16_000 + n % 160;
        let length = before + word.len() + 16_000;
        let mut sound = noise(kind, n as u64 * 77 + 5, level - distance, length);
        for (to, &from) in sound[before..].iter_mut().zip(word) {
            *to += f32::from(from) * gain;
        }
        let clean: Vec<f32> = word.chunks(80).map(|c| dbfs(c) + 20.0 * gain.log10()).collect();
        let peak = clean.iter().copied().fold(-100.0, f32::max);
        let audible = |l: f32| l > (peak - 20.0).max(level - distance + 3.0);
        let Some(onset) = clean.windows(3).position(|w| w.iter().all(|&l| audible(l))) else { continue };
        let last = clean.iter().rposition(|&l| audible(l)).unwrap_or(onset);
        let onset = before as f32 / 8.0 + onset as f32 * 10.0;
        let end = before as f32 / 8.0 + (last + 1) as f32 * 10.0;
        let samples: Vec<i16> = sound.iter().map(|v| v.round().clamp(-32_768.0, 32_767.0) as i16).collect();
        let mut vad = Vad::default();
        let mut starts = 0;
        let mut last_voiced = None;
        for (k, frame) in frames(&samples).enumerate() {
            let time = (k + 1) as f32 * 20.0;
            let voice = vad.push(&frame);
            if voice.voiced {
                last_voiced = Some(time);
            }
            if voice.event == Some(VadEvent::SpeechStarted) {
                starts += 1;
                if time < onset - 60.0 {
                    early += 1;
                } else if starts == 1 {
                    late.push(time - onset);
                }
            }
        }
        if std::env::var("DEBUG").is_ok() && (starts == 0 || late.last().is_some_and(|&l: &f32| l > 100.0)) {
            println!("   {name} {:?}", if starts == 0 { None } else { late.last() });
        }
        missed += usize::from(starts == 0);
        split += usize::from(starts > 1);
        if let Some(time) = last_voiced {
            tails.push(time - end);
        }
    }
    late.sort_by(f32::total_cmp);
    tails.sort_by(f32::total_cmp);
    let at = |v: &[f32], share: f32| v.get(((v.len() as f32 - 1.0) * share) as usize).copied().unwrap_or(f32::NAN);
    let over = late.iter().filter(|&&l| l > 100.0).count();
    println!(
        "{kind} {level:.0} dBFS, noise {distance:.0} dB below: missed {missed}, early {early}, split {split}; start after p50 {:.0} p95 {:.0} p99 {:.0} max {:.0} ms, over 100 ms {over}; last voiced minus end p5 {:.0} p50 {:.0} p95 {:.0} max {:.0} ms",
        at(&late, 0.5),
        at(&late, 0.95),
        at(&late, 0.99),
        at(&late, 1.0),
        at(&tails, 0.05),
        at(&tails, 0.5),
        at(&tails, 0.95),
        at(&tails, 1.0)
    );
}

fn cost(words: &[(String, Vec<i16>)]) {
    let speech: Vec<Frame> = words.iter().take(200).flat_map(|(_, word)| frames(word).collect::<Vec<_>>()).collect();
    let quiet = vec![SILENCE; speech.len()];
    let time = |name: &str, mut work: Box<dyn FnMut(&Frame)>| {
        for (kind, frames) in [("speech", &speech), ("silence", &quiet)] {
            let start = Instant::now();
            for _ in 0..5 {
                frames.iter().for_each(&mut work);
            }
            println!(
                "{name}, {kind}: {:.2} µs a frame",
                start.elapsed().as_secs_f64() * 1e6 / (5 * frames.len()) as f64
            );
        }
    };
    let mut vad = Vad::default();
    time(
        "voice activity",
        Box::new(move |frame| {
            std::hint::black_box(vad.push(frame));
        }),
    );
    let mut detector = DtmfDetector::new();
    time(
        "keys",
        Box::new(move |frame| {
            std::hint::black_box(detector.push(frame));
        }),
    );
    let mut upsampler = Upsampler::new();
    time(
        "upsampling",
        Box::new(move |frame| {
            std::hint::black_box(upsampler.push(frame)[0]);
        }),
    );
    let mut leveller = audio::Leveller::default();
    time(
        "level",
        Box::new(move |frame| {
            let mut f = *frame;
            leveller.push(&mut f, true);
            std::hint::black_box(f[0]);
        }),
    );
    let mut bytes = [0; FRAME];
    time(
        "µ-law there",
        Box::new(move |frame| {
            g711::encode_frame(Law::Mu, frame, &mut bytes);
            std::hint::black_box(bytes[7]);
        }),
    );
}
