//! Synthetic callers, as they come out of a telephone.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use audio::g711::{self, Law};
use audio::{FRAME, Frame, RATE};
use call_model::Language;
use engine_piper::{PiperConfig, PiperVoice};
use tts::Voice as _;

/// A voice and how fast it speaks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Voice {
    /// Its name for eSpeak NG; or `piper` for the voice of `make setup`, with a throat that is shorter or longer by some
    /// percent: `piper+8`, `piper-6`.
    pub name: String,
    /// Words a minute; of `piper` percent of its own speed.
    pub speed: String,
}

impl Voice {
    /// Of a line such as `en-gb+f2 160`.
    pub fn read(line: &str) -> Self {
        let (name, speed) = line.split_once(' ').unwrap_or((line, "150"));
        Self { name: name.to_owned(), speed: speed.trim().to_owned() }
    }

    /// By how many percent the throat of `piper` is shorter; `None` for a voice of eSpeak NG.
    pub fn piper(&self) -> Option<f32> {
        let throat = self.name.strip_prefix(PIPER)?;
        if throat.is_empty() { Some(0.0) } else { throat.parse().ok() }
    }
}

/// What somebody says, in frames of 20 ms: a second of the line, the speech, and two more seconds of the line.
#[derive(Debug, Clone)]
pub struct Said {
    /// The frames.
    pub frames: Vec<Frame>,
    /// The first frame with speech.
    pub first: usize,
    /// The frame after the last one with speech.
    pub end: usize,
}

/// Speaks, with noise.
pub struct Speaker {
    /// How far the noise lies below speech, in dB.
    noise: Option<f64>,
    spoken: HashMap<(Voice, String), Vec<i16>>,
    piper: HashMap<Voice, PiperVoice>,
    seed: u32,
}

impl Speaker {
    /// A speaker on a line with noise so many dB below speech; without it the line is quiet.
    pub fn new(noise: Option<f64>) -> Self {
        Self { noise, spoken: HashMap::new(), piper: HashMap::new(), seed: 0x1234_5678 }
    }

    /// A sentence; `...` in it is a pause of half a second.
    pub fn says(&mut self, words: &str, voice: &Voice) -> Result<Said> {
        let mut speech: Vec<i16> = Vec::new();
        for (index, part) in words.split("...").enumerate() {
            if index > 0 {
                speech.extend(std::iter::repeat_n(0, PAUSE));
            }
            if !part.trim().is_empty() {
                speech.extend(self.part(part.trim(), voice)?);
            }
        }
        Ok(self.sends(&speech))
    }

    /// Speech at 8 kHz as it arrives.
    pub fn sends(&mut self, speech: &[i16]) -> Said {
        let level = level(speech);
        let (first, end) = (BEFORE / FRAME, (BEFORE + speech.len()).div_ceil(FRAME));
        // A line is never quite silent.
        let noise = self.noise.map_or(QUIET, |decibels| level * 10_f64.powf(-decibels / 20.0));
        let line = |long| std::iter::repeat_n(0_i16, long);
        let sound = line(BEFORE).chain(speech.iter().copied()).chain(line(AFTER));
        let sound: Vec<i16> = sound.map(|sample| telephone(f64::from(sample) + self.hiss() * noise)).collect();
        Said { frames: sound.chunks_exact(FRAME).filter_map(|chunk| chunk.try_into().ok()).collect(), first, end }
    }

    fn part(&mut self, words: &str, voice: &Voice) -> Result<Vec<i16>> {
        let key = (voice.clone(), words.to_owned());
        if let Some(known) = self.spoken.get(&key) {
            return Ok(known.clone());
        }
        let (samples, rate) = match voice.piper() {
            Some(shorter) => self.piper(words, voice, shorter)?,
            None => espeak(words, voice)?,
        };
        let narrow = trimmed(audio::resample_all(&samples, rate, RATE));
        self.spoken.insert(key, narrow.clone());
        Ok(narrow)
    }

    /// Spoken longer and played faster by as much, a voice comes out of a shorter throat.
    fn piper(&mut self, words: &str, voice: &Voice, shorter: f32) -> Result<(Vec<i16>, u32)> {
        let percent: f32 = voice.speed.parse().context("the speed of piper is a number of percent")?;
        let faster = 1.0 + shorter / 100.0;
        if !self.piper.contains_key(voice) {
            let runtime = std::env::current_dir()?.join(".setup/lib/libonnxruntime.so");
            let config = PiperConfig { runtime, length: 100.0 / percent * faster, ..PiperConfig::default() };
            let loaded = PiperVoice::load(config).map_err(|error| anyhow!("{error}; `make setup` brings it"))?;
            self.piper.insert(voice.clone(), loaded);
        }
        let loaded = self.piper.get_mut(voice).context("a voice")?;
        let speech = loaded.speak(words, &Language::new("en")).map_err(|error| anyhow!("{error}"))?;
        Ok((speech.samples, (speech.rate as f32 * faster) as u32))
    }

    /// White noise of level 1.
    fn hiss(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..4 {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            sum += f64::from(self.seed >> 8) / f64::from(1_u32 << 24) - 0.5;
        }
        // Four even draws have a variance of a third.
        sum * 3_f64.sqrt()
    }
}

fn espeak(words: &str, voice: &Voice) -> Result<(Vec<i16>, u32)> {
    let output = Command::new("espeak-ng")
        .args(["--stdout", "-v", &voice.name, "-s", &voice.speed, words])
        .stdin(Stdio::null())
        .output()
        .context("espeak-ng cannot be run; `make setup` brings it")?;
    let wav = &output.stdout;
    if !output.status.success() || wav.len() < 44 {
        bail!("espeak-ng does not speak with the voice {}", voice.name);
    }
    let rate = u32::from_le_bytes([wav[24], wav[25], wav[26], wav[27]]);
    Ok((wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect(), rate))
}

/// Without the silence around it: pauses are ours.
fn trimmed(sound: Vec<i16>) -> Vec<i16> {
    let loud = |sample: &i16| sample.unsigned_abs() > SILENT;
    let Some(first) = sound.iter().position(loud) else { return sound };
    let last = sound.iter().rposition(loud).unwrap_or(sound.len() - 1);
    sound[first.saturating_sub(FRAME)..(last + FRAME).min(sound.len())].to_vec()
}

/// The level of the louder half of the sound, which is speech.
fn level(samples: &[i16]) -> f64 {
    let mut powers: Vec<f64> = samples
        .chunks(FRAME)
        .map(|chunk| chunk.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / chunk.len() as f64)
        .collect();
    powers.sort_by(f64::total_cmp);
    let loud = &powers[powers.len() / 2..];
    (loud.iter().sum::<f64>() / loud.len().max(1) as f64).sqrt()
}

fn telephone(sample: f64) -> i16 {
    g711::decode(Law::Mu, g711::encode(Law::Mu, sample.clamp(-32_768.0, 32_767.0) as i16))
}

/// The voice of `make setup`.
const PIPER: &str = "piper";
/// The line before and after speech.
const BEFORE: usize = RATE as usize;
const AFTER: usize = 2 * RATE as usize;
/// Half a second.
const PAUSE: usize = RATE as usize / 2;
/// What is quieter is silence of the voice.
const SILENT: u16 = 150;
/// The level of a quiet line.
const QUIET: f64 = 12.0;
