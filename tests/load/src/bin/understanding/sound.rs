//! Sentences as they come out of a telephone.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use audio::g711::{self, Law};
use audio::{FRAME, Frame, RATE};

use crate::wordings::Voice;

/// Speaks, with noise.
pub struct Speaker {
    /// How far the noise lies below speech, in dB.
    noise: Option<f64>,
    spoken: HashMap<(Voice, String), Vec<i16>>,
    seed: u32,
}

impl Speaker {
    pub fn new(noise: Option<f64>) -> Self {
        Self { noise, spoken: HashMap::new(), seed: 0x1234_5678 }
    }

    /// A sentence, with a second of the line before it and two after.
    pub fn says(&mut self, words: &str, voice: &Voice) -> Result<Vec<Frame>> {
        let mut speech: Vec<i16> = Vec::new();
        for (index, part) in words.split("...").enumerate() {
            if index > 0 {
                speech.extend(std::iter::repeat_n(0, PAUSE));
            }
            if !part.trim().is_empty() {
                speech.extend(self.part(part.trim(), voice)?);
            }
        }
        let level = level(&speech);
        let before = vec![0_i16; RATE as usize];
        let after = vec![0_i16; 2 * RATE as usize];
        // A line is never quite silent.
        let noise = self.noise.map_or(QUIET, |decibels| level * 10_f64.powf(-decibels / 20.0));
        let sound = before.into_iter().chain(speech).chain(after);
        let sound: Vec<i16> = sound.map(|sample| telephone(f64::from(sample) + self.hiss() * noise)).collect();
        Ok(sound.chunks_exact(FRAME).filter_map(|chunk| chunk.try_into().ok()).collect())
    }

    fn part(&mut self, words: &str, voice: &Voice) -> Result<Vec<i16>> {
        let key = (voice.clone(), words.to_owned());
        if let Some(known) = self.spoken.get(&key) {
            return Ok(known.clone());
        }
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
        let samples: Vec<i16> = wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        let narrow = trimmed(audio::resample_all(&samples, rate, RATE));
        self.spoken.insert(key, narrow.clone());
        Ok(narrow)
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

/// Half a second.
const PAUSE: usize = RATE as usize / 2;
/// What is quieter is silence of the voice.
const SILENT: u16 = 150;
/// The level of a quiet line.
const QUIET: f64 = 12.0;
