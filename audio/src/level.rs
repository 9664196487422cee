//! How loud sound is, and bringing speech to one level before it is recognised.

use crate::frame::{FRAME, FRAME_MS, Frame};

/// Root mean square in dBFS; -100 for silence and for no samples at all.
pub fn dbfs(samples: &[i16]) -> f32 {
    let energy: f64 = samples.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
    let mean = energy / samples.len().max(1) as f64 / (32_768.0 * 32_768.0);
    (10.0 * mean.max(1e-10).log10()) as f32
}

/// What a [`Leveller`] aims at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevellerConfig {
    /// The level of speech afterwards, in dBFS.
    pub target: f32,
    /// The most that quiet speech is raised, in dB.
    pub most_gain: f32,
    /// The most that loud speech is lowered, in dB.
    pub most_loss: f32,
    /// The most that the gain moves, in dB a second.
    pub slew: f32,
}

impl Default for LevellerConfig {
    /// -20 dBFS, where isolated digits were recognised best; +18 dB brings a telephone's -38 dBFS there.
    fn default() -> Self {
        Self { target: -20.0, most_gain: 18.0, most_loss: 12.0, slew: 12.0 }
    }
}

/// Brings speech slowly to a level.
///
/// It learns only from frames that hold speech, and in between the gain drifts down to none where it was raising, so
/// that silence and noise are never lifted for long. The gain changes along a straight line inside a frame, and where
/// the frame's highest sample would not fit, the gain gives way: nothing is ever clipped.
#[derive(Debug, Clone)]
pub struct Leveller {
    config: LevellerConfig,
    /// Mean energy of the speech heard, of one sample; and how many frames it stands for.
    energy: f32,
    weight: f32,
    gain_db: f32,
    /// The factor at the end of the last frame.
    factor: f32,
}

impl Leveller {
    /// A leveller that has heard nothing and changes nothing.
    pub fn new(config: LevellerConfig) -> Self {
        Self { config, energy: 0.0, weight: 0.0, gain_db: 0.0, factor: 1.0 }
    }

    /// Learns from a frame without changing it: for sound that is held back until its level is known.
    pub fn learn(&mut self, frame: &Frame, voiced: bool) {
        if !voiced {
            return;
        }
        let energy: f32 = frame.iter().map(|&sample| f32::from(sample) * f32::from(sample)).sum();
        let energy = energy / FRAME as f32;
        self.weight = (self.weight + 1.0).min(MEMORY);
        // Loud frames count at once and quiet ones little by little: the level of speech is that of its vowels.
        let share = if energy > self.energy { ATTACK / self.weight.min(ATTACK * 4.0) } else { 1.0 / self.weight };
        self.energy += (energy - self.energy) * share.min(1.0);
    }

    /// Lets the gain jump to where the speech learnt so far wants it.
    pub fn settle(&mut self) {
        self.gain_db = self.wanted();
        self.factor = 10f32.powf(self.gain_db / 20.0);
    }

    /// The gain now, in dB.
    pub fn gain(&self) -> f32 {
        self.gain_db
    }

    /// Applies the gain to a frame, moving it towards where it should be.
    pub fn apply(&mut self, frame: &mut Frame, voiced: bool) {
        let step = self.config.slew * FRAME_MS as f32 / 1_000.0;
        // Without speech a raising gain drifts back; a lowering one stays.
        let goal = if voiced { self.wanted() } else { self.wanted().min(0.0) };
        let step = if voiced { step } else { step / 4.0 };
        self.gain_db += (goal - self.gain_db).clamp(-step, step);
        let peak = frame.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
        let room = CEILING / f32::from(peak.max(1));
        let to = 10f32.powf(self.gain_db / 20.0).min(room.max(1.0));
        let from = self.factor.min(room.max(1.0));
        let slope = (to - from) / FRAME as f32;
        for (n, sample) in frame.iter_mut().enumerate() {
            *sample = (f32::from(*sample) * (from + slope * (n + 1) as f32)) as i16;
        }
        self.factor = to;
    }

    /// Learns and applies: for sound that cannot wait.
    pub fn push(&mut self, frame: &mut Frame, voiced: bool) {
        self.learn(frame, voiced);
        self.apply(frame, voiced);
    }

    fn wanted(&self) -> f32 {
        if self.weight < 1.0 || self.energy < 1.0 {
            return 0.0;
        }
        let level = 10.0 * (self.energy / (32_768.0 * 32_768.0)).log10();
        (self.config.target - level).clamp(-self.config.most_loss, self.config.most_gain)
    }
}

impl Default for Leveller {
    fn default() -> Self {
        Self::new(LevellerConfig::default())
    }
}

/// Frames of speech that the mean remembers: two seconds.
const MEMORY: f32 = 100.0;

/// How much more a louder frame weighs than a quieter one.
const ATTACK: f32 = 3.0;

/// The highest sample that gain may make.
const CEILING: f32 = 31_000.0;
