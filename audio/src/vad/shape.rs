//! What a loud frame looks like: voice, noise or a tone.

use crate::dtmf::{BLOCK, Filters};
use crate::frame::{FRAME, Frame};

/// The looks of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Not above the noise floor.
    Quiet,
    /// One or two tones, or a sound that is as steady.
    Tone,
    /// As predictable as a tone, but not steady: the first frame of a tone, or a nasal.
    Unclear,
    /// Loud without a period, flat in its spectrum: a click, noise, a soft fricative.
    Noisy,
    /// Without a period and bright: a sharp fricative.
    Hissing,
    /// Without a clear period, but with the resonances of a voice.
    Resonant,
    /// Periodic as a voice is.
    Periodic,
}

/// Filters frames and looks at them.
#[derive(Debug, Clone)]
pub(super) struct Shaper {
    highpass: Highpass,
    /// The frame after the high-pass.
    frame: [f32; FRAME],
    /// The last two frames at 4 kHz, the newer one behind.
    slow: [f32; 2 * HALF],
    /// The frame before, if it was loud.
    before: Option<Spectrum>,
    keys: Filters,
}

/// The rough spectrum of a frame.
#[derive(Debug, Clone, Copy)]
struct Spectrum {
    /// In dBFS.
    level: f32,
    /// Correlation of neighbouring samples, and of those two apart: 1 for a low sound, -1 for the highest.
    lags: [f32; 2],
    /// The share of the energy that four earlier samples do not foretell.
    error: f32,
}

impl Shaper {
    pub(super) fn new() -> Self {
        Self {
            highpass: Highpass::default(),
            frame: [0.0; FRAME],
            slow: [0.0; 2 * HALF],
            before: None,
            keys: Filters::new(),
        }
    }

    /// Takes a frame and gives its level in dBFS after the high-pass.
    pub(super) fn level(&mut self, frame: &Frame) -> f32 {
        self.highpass.run(frame, &mut self.frame);
        self.slow.copy_within(HALF.., 0);
        for (slow, pair) in self.slow[HALF..].iter_mut().zip(self.frame.chunks_exact(2)) {
            *slow = 0.5 * (pair[0] + pair[1]);
        }
        let mean = dot(&self.frame, &self.frame) / FRAME as f32;
        10.0 * (mean / (32_768.0 * 32_768.0)).max(1e-10).log10()
    }

    /// Says that the frame that [`Self::level`] took last is not worth a look.
    pub(super) fn skip(&mut self) -> Shape {
        self.before = None;
        Shape::Quiet
    }

    /// Looks at the frame that [`Self::level`] took last, whether it is a tone; `level` is what that gave.
    pub(super) fn tone(&mut self, level: f32) -> Option<Shape> {
        let now = Spectrum::of(&self.frame, level);
        let before = self.before.replace(now);
        if now.error < TONAL {
            let stays = before.is_some_and(|before| (before.level - level).abs() < TONE_STEADY);
            return Some(if stays { Shape::Tone } else { Shape::Unclear });
        }
        before.is_some_and(|before| now.is_steady(&before)).then_some(Shape::Tone)
    }

    /// Looks more closely at a frame that [`Self::tone`] found to be none.
    pub(super) fn voice(&self) -> Shape {
        let Some(now) = self.before else { return Shape::Quiet };
        if self.is_key() {
            return Shape::Tone;
        }
        match periodicity(&self.slow) {
            period if period > VOICED => Shape::Periodic,
            _ if now.error < RESONANT && now.level > RESONANT_LEVEL => Shape::Resonant,
            _ if now.lags[0] < BRIGHT => Shape::Hissing,
            _ => Shape::Noisy,
        }
    }

    /// Whether the louder half of the frame is a key: a frame in which one begins or ends is not steady.
    fn is_key(&self) -> bool {
        let (halves, _) = self.frame.as_chunks::<BLOCK>();
        halves
            .iter()
            .max_by(|a, b| dot(*a, *a).total_cmp(&dot(*b, *b)))
            .is_some_and(|half| self.keys.resembles_key(half))
    }
}

impl Spectrum {
    /// Whether so little has changed as does not in speech.
    fn is_steady(&self, before: &Self) -> bool {
        (self.level - before.level).abs() < STEADY
            && self.lags.iter().zip(before.lags).all(|(now, before)| (now - before).abs() < STEADY_LAG)
    }

    /// By the covariance method, so that one or two tones leave no error, whatever their phase.
    fn of(frame: &[f32; FRAME], level: f32) -> Self {
        const P: usize = 4;
        let mut phi = [[0.0f64; P + 1]; P + 1];
        for lag in 0..=P {
            phi[0][lag] = f64::from(dot(&frame[P..], &frame[P - lag..FRAME - lag]));
        }
        // phi(i+1, j+1) is phi(i, j) with one product more in front and one less behind.
        for i in 0..P {
            for j in i..P {
                let front = f64::from(frame[P - 1 - i]) * f64::from(frame[P - 1 - j]);
                let behind = f64::from(frame[FRAME - 1 - i]) * f64::from(frame[FRAME - 1 - j]);
                phi[i + 1][j + 1] = phi[i][j] + front - behind;
            }
        }
        let energy = phi[0][0];
        let lags = [phi[0][1], phi[0][2]];
        // Elimination on the symmetric matrix of lags 1 to 4; what is left of phi(0, 0) is the error.
        let ridge = energy * 1e-9 + 1e-3;
        let mut left = energy;
        for k in 1..=P {
            let pivot = phi[k][k] + ridge;
            if pivot <= 0.0 {
                break;
            }
            left -= phi[0][k] * phi[0][k] / pivot;
            let row = phi[k];
            let first = phi[0][k];
            for j in k + 1..=P {
                let factor = row[j] / pivot;
                phi[0][j] -= first * factor;
                for m in j..=P {
                    phi[j][m] -= row[m] * factor;
                }
            }
        }
        let scale = energy.max(1.0);
        Self { level, lags: lags.map(|lag| (lag / scale) as f32), error: (left.max(0.0) / scale) as f32 }
    }
}

/// The highest normalised correlation of the newer frame with the sound 2.5 to 16 ms before it: 400 to 62 Hz.
fn periodicity(slow: &[f32; 2 * HALF]) -> f32 {
    let newer = &slow[HALF..];
    let energy = dot(newer, newer);
    let mut best = 0.0f32;
    let mut before = dot(&slow[HALF - SHORTEST..2 * HALF - SHORTEST], &slow[HALF - SHORTEST..2 * HALF - SHORTEST]);
    for lag in SHORTEST..=LONGEST {
        let older = &slow[HALF - lag..2 * HALF - lag];
        let product = dot(newer, older);
        let scale = energy.max(before).max(1.0);
        best = best.max(product / scale);
        if lag < LONGEST {
            let (enters, leaves) = (slow[HALF - lag - 1], slow[2 * HALF - lag - 1]);
            before += enters * enters - leaves * leaves;
        }
    }
    best
}

/// A dot product in eight lanes, which the compiler turns into vector instructions (it may not reorder one sum).
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a.zip(b) {
        for n in 0..8 {
            lanes[n] += x[n] * y[n];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// A second-order high-pass at 180 Hz (Butterworth): hum of 50 and 60 Hz falls by 20 dB and more.
#[derive(Debug, Clone, Default)]
struct Highpass {
    in1: f32,
    in2: f32,
    out1: f32,
    out2: f32,
}

impl Highpass {
    fn run(&mut self, frame: &Frame, out: &mut [f32; FRAME]) {
        for (out, &sample) in out.iter_mut().zip(frame) {
            let x = f32::from(sample);
            let y = B * (x - 2.0 * self.in1 + self.in2) - A1 * self.out1 - A2 * self.out2;
            (self.in2, self.in1) = (self.in1, x);
            (self.out2, self.out1) = (self.out1, y);
            *out = y;
        }
        // Far below any sample: keeps denormal numbers, which are slow, out of the silence after a sound.
        if self.out1.abs() < 1e-6 {
            (self.out1, self.out2) = (0.0, 0.0);
        }
    }
}

const B: f32 = 0.9048587;
const A1: f32 = -1.8006451;
const A2: f32 = 0.8187899;

/// Samples of a frame at 4 kHz.
const HALF: usize = FRAME / 2;

/// Lags at 4 kHz between which a pitch is looked for.
const SHORTEST: usize = 10;
const LONGEST: usize = 64;

/// The share of unforetold energy below which a frame is as good as made of two tones: -25 dB.
const TONAL: f32 = 0.003;

/// The change of level between two frames below which such a frame is a steady tone, in dB.
const TONE_STEADY: f32 = 1.0;

/// The changes of level, in dB, and of the spectrum below which any sound is as steady as a tone in noise.
const STEADY: f32 = 0.4;
const STEADY_LAG: f32 = 0.02;

/// The correlation from which a frame is periodic.
const VOICED: f32 = 0.6;

/// The share of unforetold energy below which a sound has resonances, and the least level of one, in dBFS: below it,
/// noise without highs would look the same.
const RESONANT: f32 = 0.3;
const RESONANT_LEVEL: f32 = -43.0;

/// The correlation of neighbouring samples below which a sound is bright.
const BRIGHT: f32 = -0.35;
