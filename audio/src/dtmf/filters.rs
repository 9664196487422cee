//! The filters that keys are looked for with.

use crate::dtmf::{COLUMNS, ROWS};
use crate::frame::{FRAME, RATE};

/// Samples of a block: 10 ms.
pub(crate) const BLOCK: usize = FRAME / 2;

/// What the filters make of 10 ms: the energy, and the complex amplitude at each of the eight frequencies.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) energy: f32,
    re: [f32; 8],
    im: [f32; 8],
}

impl Block {
    /// Which of some frequencies is the strongest.
    fn strongest(&self, range: std::ops::Range<usize>) -> usize {
        range.max_by(|&a, &b| self.square(a).total_cmp(&self.square(b))).unwrap_or(0)
    }

    pub(super) fn square(&self, n: usize) -> f32 {
        self.re[n] * self.re[n] + self.im[n] * self.im[n]
    }
}

/// Eight Goertzel filters side by side.
#[derive(Debug, Clone)]
pub(crate) struct Filters {
    coefficient: [f32; 8],
    sine: [f32; 8],
    window: [f32; BLOCK],
    /// How far the phase of each frequency turns in a block, between -π and π.
    turn: [f32; 8],
}

impl Filters {
    pub(crate) fn new() -> Self {
        let hertz: [f32; 8] = std::array::from_fn(|n| if n < 4 { ROWS[n] } else { COLUMNS[n - 4] });
        let radians = hertz.map(|hertz| std::f32::consts::TAU * hertz / RATE as f32);
        Self {
            coefficient: radians.map(|w| 2.0 * w.cos()),
            sine: radians.map(f32::sin),
            window: std::array::from_fn(|n| {
                0.5 - 0.5 * (std::f32::consts::TAU * (n as f32 + 0.5) / BLOCK as f32).cos()
            }),
            turn: radians.map(|w| wrapped(w * BLOCK as f32)),
        }
    }

    pub(super) fn run(&self, samples: &[f32; BLOCK], energy: f32) -> Block {
        let mut one = [0.0f32; 8];
        let mut two = [0.0f32; 8];
        for (&sample, &weight) in samples.iter().zip(&self.window) {
            let sample = sample * weight;
            for n in 0..8 {
                let next = sample + self.coefficient[n] * one[n] - two[n];
                two[n] = one[n];
                one[n] = next;
            }
        }
        let mut block = Block { energy, re: [0.0; 8], im: [0.0; 8] };
        for n in 0..8 {
            block.re[n] = one[n] - two[n] * self.coefficient[n] * 0.5;
            block.im[n] = two[n] * self.sine[n];
        }
        block
    }

    /// Whether 10 ms are two tones of a key and hardly anything else.
    pub(crate) fn resembles_key(&self, samples: &[f32; BLOCK]) -> bool {
        let block = self.run(samples, 0.0);
        let (low, high) = (block.strongest(0..4), block.strongest(4..8));
        // Both as weighted by the window: what does not even seem to be a key needs no closer look.
        let seeming = (block.square(low) + block.square(high)) * SEEMING;
        seeming > 0.5 * energy(samples) && residue(*samples, ROWS[low], COLUMNS[high - 4]) < KEY_RESIDUE
    }

    /// Frequency and power of the tone near frequency `n`, if it lies near enough and is as strong in both blocks.
    pub(super) fn tone(&self, n: usize, before: &Block, now: &Block) -> Option<(f32, f32)> {
        let (first, second) = (before.square(n).sqrt(), now.square(n).sqrt());
        if first < second * STEADY || second < first * STEADY {
            return None;
        }
        let phase = now.im[n].atan2(now.re[n]) - before.im[n].atan2(before.re[n]);
        let off = wrapped(phase - self.turn[n]) / std::f32::consts::TAU;
        let hertz_off = off * (RATE as usize / BLOCK) as f32;
        let nominal = if n < 4 { ROWS[n] } else { COLUMNS[n - 4] };
        if hertz_off.abs() > nominal * OFF_SHARE + OFF_HERTZ {
            return None;
        }
        // What a Hann window loses of a tone that lies `off` bins beside the filter.
        let x = std::f32::consts::PI * off;
        let kept = if x.abs() < 1e-3 { 1.0 } else { x.sin() / x / (1.0 - off * off) };
        // A tone of peak 1 gives a quarter of the block's length in each block.
        let peak = (first + second) / (BLOCK / 2) as f32 / kept;
        Some((nominal + hertz_off, peak * peak * 0.5))
    }
}

/// The share of a window's energy that is left when two frequencies are taken out of it.
pub(super) fn residue<const N: usize>(mut window: [f32; N], low: f32, high: f32) -> f32 {
    let energy: f32 = window.iter().map(|value| value * value).sum();
    // One after the other and again, as the two are not quite independent in so short a time.
    for _ in 0..3 {
        take_out(&mut window, low);
        take_out(&mut window, high);
    }
    window.iter().map(|value| value * value).sum::<f32>() / energy.max(1.0)
}

fn wrapped(radians: f32) -> f32 {
    radians - std::f32::consts::TAU * (radians / std::f32::consts::TAU).round()
}

pub(super) fn energy(samples: &[f32; BLOCK]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for eight in samples.chunks_exact(8) {
        for n in 0..8 {
            lanes[n] += eight[n] * eight[n];
        }
    }
    lanes.iter().sum()
}

/// Takes one frequency out of a window.
fn take_out<const N: usize>(window: &mut [f32; N], hertz: f32) {
    let (turn_im, turn_re) = (std::f32::consts::TAU * hertz / RATE as f32).sin_cos();
    let mut waves = [(0.0f32, 0.0f32); N];
    let (mut re, mut im) = (1.0, 0.0);
    for wave in &mut waves {
        *wave = (re, im);
        (re, im) = (re * turn_re - im * turn_im, re * turn_im + im * turn_re);
    }
    let (mut cosine, mut sine) = (0.0, 0.0);
    for (value, (re, im)) in window.iter().zip(&waves) {
        cosine += value * re;
        sine += value * im;
    }
    let scale = 2.0 / N as f32;
    for (value, (re, im)) in window.iter_mut().zip(&waves) {
        *value -= scale * (cosine * re + sine * im);
    }
}

/// The share of a tone's strength in one block that it must have in the other.
const STEADY: f32 = 0.6;

/// Tones 1.5 % and 2 Hz off must be taken and 3.5 % off refused; the measure itself strays by a few Hz.
const OFF_SHARE: f32 = 0.02;
const OFF_HERTZ: f32 = 6.0;

/// The share of 10 ms of a key, in noise and a little off its frequencies, that may be something else.
const KEY_RESIDUE: f32 = 0.12;

/// From the square of a windowed tone to its energy in a block: a tone of peak 1 gives a quarter of the block's length,
/// and half of the length in energy.
const SEEMING: f32 = 8.0 / BLOCK as f32;
