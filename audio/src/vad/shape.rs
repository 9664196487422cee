//! What a loud frame looks like: voice, noise or a tone.

use crate::frame::{FRAME, Frame};

/// The looks of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Not above the noise floor.
    Quiet,
    /// One or two steady tones.
    Tone,
    /// As predictable as a tone, but not steady: the first frame of a tone, or a nasal.
    Unclear,
    /// Loud without a period: a click, noise, a fricative.
    Noisy,
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
}

impl Shaper {
    pub(super) fn new() -> Self {
        Self { highpass: Highpass::default(), frame: [0.0; FRAME], slow: [0.0; 2 * HALF] }
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

    /// Looks at the frame that [`Self::level`] took last.
    pub(super) fn shape(&self, level: f32, level_before: f32) -> Shape {
        let steady = (level - level_before).abs() < STEADY;
        if prediction_error(&self.frame) < TONAL {
            return if steady { Shape::Tone } else { Shape::Unclear };
        }
        if periodicity(&self.slow) > VOICED { Shape::Periodic } else { Shape::Noisy }
    }
}

/// The share of a frame's energy that four earlier samples do not foretell (covariance method, so that one or two
/// tones leave nothing, whatever their phase).
fn prediction_error(frame: &[f32; FRAME]) -> f32 {
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
    (left.max(0.0) / energy.max(1.0)) as f32
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

/// The change of level between two frames below which a tone is steady, in dB.
const STEADY: f32 = 1.0;

/// The correlation from which a frame is periodic.
const VOICED: f32 = 0.6;
