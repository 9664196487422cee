//! Tones that tell a caller how a call is going, and comfort noise.

use crate::frame::{Frame, RATE};

/// One or two sines, switched on and off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToneShape {
    /// The frequencies in Hz; 0 for none.
    pub hertz: [f32; 2],
    /// The level of each, in dBFS.
    pub level: f32,
    /// Milliseconds of sound and of silence by turns, repeated for ever; empty for sound without end.
    pub cadence: &'static [u32],
}

/// The plan that tones follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TonePlan {
    /// 425 Hz, as ETSI TR 101 041 recommends and most of Europe and China (450 Hz) have it.
    #[default]
    Etsi,
    /// Two tones, as in North America (ANSI T1.401).
    NorthAmerica,
}

impl TonePlan {
    /// The other side is ringing.
    pub const fn ringback(self) -> ToneShape {
        match self {
            Self::Etsi => ToneShape { hertz: [425.0, 0.0], level: LEVEL, cadence: &[1_000, 4_000] },
            Self::NorthAmerica => ToneShape { hertz: [440.0, 480.0], level: LEVEL, cadence: &[2_000, 4_000] },
        }
    }

    /// The other side is busy.
    pub const fn busy(self) -> ToneShape {
        match self {
            Self::Etsi => ToneShape { hertz: [425.0, 0.0], level: LEVEL, cadence: &[500, 500] },
            Self::NorthAmerica => ToneShape { hertz: [480.0, 620.0], level: LEVEL, cadence: &[500, 500] },
        }
    }

    /// The network has no way through.
    pub const fn congestion(self) -> ToneShape {
        match self {
            Self::Etsi => ToneShape { hertz: [425.0, 0.0], level: LEVEL, cadence: &[250, 250] },
            Self::NorthAmerica => ToneShape { hertz: [480.0, 620.0], level: LEVEL, cadence: &[250, 250] },
        }
    }
}

/// A short high tone, as before a recording or for an agent whose call is there; 200 ms, then silence for good.
pub const BEEP: ToneShape = ToneShape { hertz: [1_000.0, 0.0], level: LEVEL, cadence: &[200, u32::MAX] };

/// Makes a tone frame by frame. Each beginning and end is faded over 2 ms, so that nothing clicks.
#[derive(Debug, Clone)]
pub struct ToneGenerator {
    shape: ToneShape,
    waves: [Wave; 2],
    /// Place in the cadence, and samples left of it.
    part: usize,
    left: u64,
    /// The factor of the fade now, 0 to 1.
    fade: f32,
}

impl ToneGenerator {
    /// A generator at the beginning of its cadence.
    pub fn new(shape: ToneShape) -> Self {
        let peak = 32_768.0 * 10f32.powf(shape.level / 20.0) * std::f32::consts::SQRT_2;
        let waves = shape.hertz.map(|hertz| Wave::new(hertz, if hertz > 0.0 { peak } else { 0.0 }));
        let left = shape.cadence.first().map_or(u64::MAX, |&milliseconds| samples_of(milliseconds));
        Self { shape, waves, part: 0, left, fade: 0.0 }
    }

    /// Fills a frame with the next 20 ms.
    pub fn fill(&mut self, frame: &mut Frame) {
        frame.iter_mut().for_each(|sample| *sample = self.sample());
    }

    /// The next milliseconds as samples; the end is faded. Allocates.
    pub fn samples(&mut self, milliseconds: u32) -> Vec<i16> {
        let mut samples: Vec<i16> = (0..samples_of(milliseconds)).map(|_| self.sample()).collect();
        for (n, sample) in samples.iter_mut().rev().take(FADE).enumerate() {
            *sample = (f32::from(*sample) * n as f32 / FADE as f32) as i16;
        }
        samples
    }

    fn sample(&mut self) -> i16 {
        while self.left == 0 {
            self.part = (self.part + 1) % self.shape.cadence.len().max(1);
            self.left = self.shape.cadence.get(self.part).map_or(u64::MAX, |&milliseconds| samples_of(milliseconds));
        }
        if self.left != u64::MAX {
            self.left -= 1;
        }
        let sounding = self.part.is_multiple_of(2) && self.left >= FADE as u64;
        let step = 1.0 / FADE as f32;
        self.fade = if sounding { (self.fade + step).min(1.0) } else { (self.fade - step).max(0.0) };
        let value: f32 = self.waves.iter_mut().map(Wave::next).sum();
        (value * self.fade).round() as i16
    }
}

/// A sine by rotation: two products a sample, its length held at the peak.
#[derive(Debug, Clone)]
struct Wave {
    re: f64,
    im: f64,
    turn_re: f64,
    turn_im: f64,
}

impl Wave {
    fn new(hertz: f32, peak: f32) -> Self {
        let (turn_im, turn_re) = (std::f64::consts::TAU * f64::from(hertz) / f64::from(RATE)).sin_cos();
        Self { re: f64::from(peak), im: 0.0, turn_re, turn_im }
    }

    fn next(&mut self) -> f32 {
        // In 64 bits the length strays by less than a millionth in a day.
        let value = self.im;
        (self.re, self.im) =
            (self.re * self.turn_re - self.im * self.turn_im, self.re * self.turn_im + self.im * self.turn_re);
        value as f32
    }
}

/// Quiet noise, so that a silent line does not seem dead (RFC 3389 4.1: white is good enough).
#[derive(Debug, Clone)]
pub struct ComfortNoise {
    state: u64,
    peak: f32,
}

impl ComfortNoise {
    /// Noise of the given level in dBFS; the seed makes it the same each time.
    pub fn new(seed: u64, level: f32) -> Self {
        // An even spread between -peak and peak has a root mean square of peak over the root of 3.
        Self { state: seed | 1, peak: 32_768.0 * 10f32.powf(level.min(-6.0) / 20.0) * 3f32.sqrt() }
    }

    /// Fills a frame.
    pub fn fill(&mut self, frame: &mut Frame) {
        for sample in frame {
            // Marsaglia's xorshift: enough for noise.
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            let even = (self.state >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
            *sample = (even * self.peak).round() as i16;
        }
    }
}

const fn samples_of(milliseconds: u32) -> u64 {
    milliseconds as u64 * RATE as u64 / 1_000
}

/// Samples of a fade: 2 ms.
const FADE: usize = 16;

/// Level of each tone we make, in dBFS.
const LEVEL: f32 = -20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{FRAME, SILENCE};
    use crate::level::dbfs;

    fn frames(shape: ToneShape, count: usize) -> Vec<Frame> {
        let mut generator = ToneGenerator::new(shape);
        let next = |_| {
            let mut frame = SILENCE;
            generator.fill(&mut frame);
            frame
        };
        (0..count).map(next).collect()
    }

    fn zero_crossings(samples: &[i16]) -> usize {
        samples.windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count()
    }

    #[test]
    fn a_busy_tone_sounds_and_pauses_in_half_seconds() {
        for plan in [TonePlan::Etsi, TonePlan::NorthAmerica] {
            let frames = frames(plan.busy(), 200);
            for (n, frame) in frames.iter().enumerate() {
                let sounding = n / 25 % 2 == 0;
                assert_eq!(dbfs(frame) > -30.0, sounding, "frame {n}");
                assert_eq!(dbfs(frame) < -90.0, !sounding, "frame {n}");
            }
        }
    }

    #[test]
    fn a_ringback_tone_has_its_frequency_and_level() {
        let second: Vec<i16> = frames(TonePlan::Etsi.ringback(), 50).concat();
        assert!(zero_crossings(&second).abs_diff(850) <= 2);
        assert!((dbfs(&second) + 20.0).abs() < 0.2);
    }

    #[test]
    fn a_beep_sounds_once() {
        let frames = frames(BEEP, 1_000);
        assert!(frames[..10].iter().all(|frame| dbfs(frame) > -23.0));
        assert!(frames[10..].iter().all(|frame| *frame == SILENCE));
    }

    #[test]
    fn nothing_clicks() {
        let steepest = |samples: &[i16]| {
            samples.windows(2).map(|pair| (i32::from(pair[0]) - i32::from(pair[1])).abs()).max().unwrap_or(0)
        };
        // A sine of 4,634 and 425 Hz moves by 1,530 a sample at most.
        assert!(steepest(&frames(TonePlan::Etsi.congestion(), 200).concat()) < 1_600);
        let mut cut = ToneGenerator::new(TonePlan::Etsi.ringback()).samples(103);
        assert_eq!(cut.len(), 824);
        cut.push(0);
        assert!(steepest(&cut) < 1_600);
    }

    #[test]
    fn a_tone_keeps_its_level_for_hours() {
        let mut wave = Wave::new(941.0, 10_000.0);
        for _ in 0..8_000 * 600 {
            wave.next();
        }
        let highest = (0..8_000).map(|_| wave.next()).fold(0.0, f32::max);
        assert!((highest - 10_000.0).abs() < 1.0, "{highest}");
    }

    #[test]
    fn comfort_noise_has_its_level_and_no_pattern() {
        for level in [-60.0, -45.0, -30.0] {
            let mut generator = ComfortNoise::new(7, level);
            let mut samples = Vec::new();
            for _ in 0..100 {
                let mut frame = SILENCE;
                generator.fill(&mut frame);
                samples.extend(frame);
            }
            assert!((dbfs(&samples) - level).abs() < 0.5);
            assert!(samples[..FRAME] != samples[FRAME..2 * FRAME]);
        }
    }
}
