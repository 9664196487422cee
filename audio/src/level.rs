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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tone(level: f32) -> Frame {
        let peak = 32_768.0 * 2f32.sqrt() * 10f32.powf(level / 20.0);
        std::array::from_fn(|n| (peak * (n as f32 * std::f32::consts::TAU / 16.0).sin()) as i16)
    }

    fn level_after(leveller: &mut Leveller, frame: &Frame, voiced: bool, times: usize) -> f32 {
        let mut last = *frame;
        for _ in 0..times {
            last = *frame;
            leveller.push(&mut last, voiced);
        }
        dbfs(&last)
    }

    #[test]
    fn levels_are_those_of_the_definition() {
        assert_eq!(dbfs(&[]), -100.0);
        assert_eq!(dbfs(&[0; 10]), -100.0);
        assert!((dbfs(&[i16::MIN; 10]) - 0.0).abs() < 1e-3);
        assert!((dbfs(&tone(-20.0)) + 20.0).abs() < 0.05);
    }

    #[test]
    fn quiet_and_loud_speech_come_to_minus_twenty() {
        for level in [-37.0, -30.0, -20.0, -12.0, -8.5] {
            let after = level_after(&mut Leveller::default(), &tone(level), true, 150);
            assert!((after + 20.0).abs() < 0.5, "{level} became {after}");
        }
    }

    #[test]
    fn the_gain_has_an_end() {
        let after = level_after(&mut Leveller::default(), &tone(-50.0), true, 500);
        assert!((after + 32.0).abs() < 0.5, "{after}");
    }

    #[test]
    fn the_gain_moves_slowly() {
        let mut leveller = Leveller::default();
        level_after(&mut leveller, &tone(-35.0), true, 10);
        assert!((2.0..3.0).contains(&leveller.gain()), "200 ms at 12 dB a second: {}", leveller.gain());
    }

    #[test]
    fn what_was_learnt_beforehand_holds_at_once() {
        let mut leveller = Leveller::default();
        for _ in 0..10 {
            leveller.learn(&tone(-35.0), true);
        }
        leveller.settle();
        let mut frame = tone(-35.0);
        leveller.apply(&mut frame, true);
        assert!((dbfs(&frame) + 20.0).abs() < 0.5);
    }

    #[test]
    fn silence_and_noise_are_not_raised() {
        let mut leveller = Leveller::default();
        assert!((level_after(&mut leveller, &tone(-50.0), false, 500) + 50.0).abs() < 0.1);
        // Nor for long after quiet speech.
        level_after(&mut leveller, &tone(-35.0), true, 200);
        let later = level_after(&mut leveller, &tone(-60.0), false, 300);
        assert!((later + 60.0).abs() < 0.5, "{later}");
    }

    proptest! {
        #[test]
        fn nothing_is_ever_clipped(
            frames in proptest::collection::vec((-70f32..-3.1, any::<bool>(), any::<bool>()), 1..60),
        ) {
            let mut leveller = Leveller::default();
            for (level, voiced, settle) in frames {
                let before = tone(level);
                if settle {
                    leveller.learn(&before, voiced);
                    leveller.settle();
                }
                let mut after = before;
                leveller.push(&mut after, voiced);
                let highest = |frame: &Frame| frame.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
                prop_assert!(highest(&after) <= highest(&before).max(31_001), "{level}");
                // Clipping would flatten the tops, which a tone's third harmonic shows.
                for (n, (&after, &before)) in after.iter().zip(&before).enumerate() {
                    prop_assert!(before == 0 || (after >= 0) == (before >= 0) || after == 0, "sample {n}");
                }
            }
        }

        #[test]
        fn the_loudest_samples_are_let_through(samples in proptest::collection::vec(any::<i16>(), FRAME)) {
            let mut frame: Frame = samples.try_into().expect("160 samples");
            Leveller::default().push(&mut frame, true);
        }
    }
}
