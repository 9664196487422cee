//! Taking steady noise out of speech before it is recognised.
//!
//! A Wiener filter on short spectra: 20 ms under a square-root Hann window, every 10 ms. The spectrum of the noise is
//! learnt where nobody speaks; how far speech stands above it is followed from spectrum to spectrum ("decision-directed",
//! Ephraim and Malah, 1984), so that what is left of the noise does not tinkle. Nothing is lowered by more than
//! [`MOST_LOSS`]: a recogniser knows no silence without any sound.

use std::sync::{Arc, OnceLock};

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::frame::{FRAME, Frame};

/// Takes noise out of one direction of one leg. The sound comes out 10 ms late.
pub struct NoiseSuppressor {
    plans: Plans,
    /// The mean power of the noise, band by band.
    noise: [f32; BANDS],
    /// Spectra that it was learnt from, up to [`MEMORY`].
    learnt: f32,
    /// The power of speech that was let through last.
    speech: [f32; BANDS],
    /// The last [`HOP`] samples that came in, and what of the last spectrum is still to come out.
    before: [f32; HOP],
    after: [f32; HOP],
    samples: Vec<f32>,
    bands: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

#[derive(Clone)]
struct Plans {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Arc<[f32]>,
}

impl NoiseSuppressor {
    /// One that knows of no noise and lets everything through; all that it will ever need is allocated here.
    pub fn new() -> Self {
        let plans = plans();
        let scratch = plans.forward.get_scratch_len().max(plans.inverse.get_scratch_len());
        Self {
            noise: [0.0; BANDS],
            learnt: 0.0,
            speech: [0.0; BANDS],
            before: [0.0; HOP],
            after: [0.0; HOP],
            samples: plans.forward.make_input_vec(),
            bands: plans.forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            plans,
        }
    }

    /// Learns the noise from a frame in which nobody speaks.
    pub fn learn(&mut self, frame: &Frame) {
        for (sample, &taken) in self.samples.iter_mut().zip(frame) {
            *sample = f32::from(taken);
        }
        self.transform();
        self.learnt = (self.learnt + 1.0).min(MEMORY);
        for (noise, band) in self.noise.iter_mut().zip(&self.bands) {
            *noise += (band.norm_sqr() - *noise) / self.learnt;
        }
    }

    /// How many frames of noise have been heard, up to the second that is remembered.
    pub fn frames_learnt(&self) -> usize {
        self.learnt as usize
    }

    /// The level of the noise in dBFS; -100 where none is known.
    pub fn noise_level(&self) -> f32 {
        // A window's power is half of that of what lies under it, and a spectrum has each band twice.
        let power = self.noise.iter().sum::<f32>() * 2.0 / (WINDOW * WINDOW) as f32 * 2.0;
        10.0 * (power / (32_768.0 * 32_768.0)).max(1e-10).log10()
    }

    /// Takes the noise out of a frame. What comes out is 10 ms older than what goes in.
    pub fn apply(&mut self, frame: &mut Frame) {
        let (first, second) = frame.split_at_mut(HOP);
        for half in [first, second] {
            self.half(half);
        }
    }

    fn half(&mut self, half: &mut [i16]) {
        for (sample, &taken) in self.samples.iter_mut().zip(&self.before) {
            *sample = taken;
        }
        for ((sample, kept), &taken) in self.samples[HOP..].iter_mut().zip(&mut self.before).zip(half.iter()) {
            *sample = f32::from(taken);
            *kept = f32::from(taken);
        }
        self.transform();
        for ((band, &noise), speech) in self.bands.iter_mut().zip(&self.noise).zip(&mut self.speech) {
            let power = band.norm_sqr();
            let noise = noise.max(LEAST_NOISE);
            let above = FOLLOWING * *speech / noise + (1.0 - FOLLOWING) * (power / noise - 1.0).max(0.0);
            let gain = above / (1.0 + above);
            *speech = gain * gain * power;
            *band *= gain.max(MOST_LOSS);
        }
        // The ends of a real spectrum are real; rounding must not make them otherwise.
        self.bands[0].im = 0.0;
        self.bands[BANDS - 1].im = 0.0;
        self.plans
            .inverse
            .process_with_scratch(&mut self.bands, &mut self.samples, &mut self.scratch)
            .expect("the buffers are as long as the plan made them");
        let scale = 1.0 / WINDOW as f32;
        let (ready, rest) = self.samples.split_at(HOP);
        for (n, out) in half.iter_mut().enumerate() {
            *out = (self.after[n] + ready[n] * self.plans.window[n] * scale).round() as i16;
            self.after[n] = rest[n] * self.plans.window[HOP + n] * scale;
        }
    }

    fn transform(&mut self) {
        self.samples.iter_mut().zip(self.plans.window.iter()).for_each(|(sample, weight)| *sample *= weight);
        self.plans
            .forward
            .process_with_scratch(&mut self.samples, &mut self.bands, &mut self.scratch)
            .expect("the buffers are as long as the plan made them");
    }
}

impl Default for NoiseSuppressor {
    fn default() -> Self {
        Self::new()
    }
}

/// The transforms are the same for all.
fn plans() -> Plans {
    static PLANS: OnceLock<Plans> = OnceLock::new();
    let make = || {
        let mut planner = RealFftPlanner::new();
        let window = |n| (std::f32::consts::PI * n as f32 / WINDOW as f32).sin();
        Plans {
            forward: planner.plan_fft_forward(WINDOW),
            inverse: planner.plan_fft_inverse(WINDOW),
            window: (0..WINDOW).map(window).collect(),
        }
    };
    PLANS.get_or_init(make).clone()
}

/// Samples of one spectrum, and between two: 20 and 10 ms.
const WINDOW: usize = FRAME;
const HOP: usize = WINDOW / 2;
const BANDS: usize = WINDOW / 2 + 1;

/// Frames of noise that the mean remembers: a second.
const MEMORY: f32 = 50.0;

/// The share of what speech was before in what it is taken for now.
const FOLLOWING: f32 = 0.95;

/// The least gain of a band: -40 dB.
const MOST_LOSS: f32 = 0.01;

/// The least power of noise in a band, so that a silent line divides by no zero; far below a step of G.711.
const LEAST_NOISE: f32 = 1e-3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbfs;

    /// White noise of a level, the same every time.
    struct Noise(u32);

    impl Noise {
        fn frame(&mut self, level: f64) -> Frame {
            std::array::from_fn(|_| {
                self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((f64::from(self.0 >> 8) / f64::from(1_u32 << 24) - 0.5) * 12f64.sqrt() * level) as i16
            })
        }
    }

    fn sine(from: usize, peak: f64) -> Frame {
        std::array::from_fn(|n| {
            (peak * (std::f64::consts::TAU * 500.0 / 8_000.0 * (from + n) as f64).sin()).round() as i16
        })
    }

    #[test]
    fn without_noise_sound_comes_out_as_it_came_in_10_ms_later() {
        let mut suppressor = NoiseSuppressor::new();
        let (mut came, mut went) = (Vec::new(), Vec::new());
        for n in 0..50 {
            let mut frame = sine(n * FRAME, 8_000.0);
            came.extend(frame);
            suppressor.apply(&mut frame);
            went.extend(frame);
        }
        let worst = came[FRAME..].iter().zip(&went[FRAME + HOP..]).map(|(a, b)| (a - b).abs()).max();
        assert!(worst.is_some_and(|worst| worst <= 2), "{worst:?}");
    }

    #[test]
    fn steady_noise_goes_and_a_tone_in_it_stays() {
        let mut noise = Noise(7);
        let mut suppressor = NoiseSuppressor::new();
        for _ in 0..40 {
            suppressor.learn(&noise.frame(300.0));
        }
        assert!((suppressor.noise_level() - dbfs(&[300; 10])).abs() < 1.0, "{}", suppressor.noise_level());
        let (mut left, mut tone) = (Vec::new(), Vec::new());
        for n in 0..100 {
            let mut frame = noise.frame(300.0);
            let with_tone = n >= 50;
            if with_tone {
                frame.iter_mut().zip(sine(n * FRAME, 4_000.0)).for_each(|(sample, more)| *sample += more);
            }
            suppressor.apply(&mut frame);
            if n > 5 && !with_tone {
                left.extend(frame);
            } else if n > 55 {
                tone.extend(frame);
            }
        }
        let (lost, kept) = (dbfs(&[300; 10]) - dbfs(&left), dbfs(&sine(0, 4_000.0)) - dbfs(&tone));
        assert!(lost > 12.0, "only {lost} dB of the noise went");
        assert!(kept.abs() < 0.5, "{kept} dB of the tone went");
    }

    #[test]
    fn the_loudest_and_the_faintest_sound_is_survived() {
        let mut suppressor = NoiseSuppressor::new();
        for (learnt, sound) in [(i16::MIN, i16::MAX), (0, i16::MIN), (i16::MAX, 0)] {
            suppressor.learn(&[learnt; FRAME]);
            for n in 0..20 {
                let mut frame: Frame = std::array::from_fn(|at| if (at + n) % 3 == 0 { sound } else { learnt });
                suppressor.apply(&mut frame);
            }
        }
        assert!(suppressor.noise_level().is_finite());
    }
}
