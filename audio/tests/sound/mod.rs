//! Sounds made for tests: a voice, noises, tones.
#![allow(dead_code, reason = "each test file uses its own part")]

use audio::{ComfortNoise, FRAME, Frame, SILENCE, dbfs, g711};

/// Cuts sound into frames as they come out of a µ-law line.
pub fn frames(samples: &[i16]) -> Vec<Frame> {
    let line = |sample| g711::decode(g711::Law::Mu, g711::encode(g711::Law::Mu, sample));
    let mut frames = Vec::new();
    for chunk in samples.chunks(FRAME) {
        let mut frame = SILENCE;
        frame.iter_mut().zip(chunk).for_each(|(to, &from)| *to = line(from));
        frames.push(frame);
    }
    frames
}

/// Brings sound to a level in dBFS.
pub fn at_level(samples: &[i16], level: f32) -> Vec<i16> {
    let gain = 10f32.powf((level - dbfs(samples)) / 20.0);
    samples.iter().map(|&sample| (f32::from(sample) * gain).clamp(-32_768.0, 32_767.0) as i16).collect()
}

/// Adds one sound to another from a place on.
pub fn add(to: &mut [i16], at: usize, from: &[i16]) {
    to[at..].iter_mut().zip(from).for_each(|(to, &from)| *to = to.saturating_add(from));
}

/// White noise.
pub fn noise(seed: u64, level: f32, length: usize) -> Vec<i16> {
    let mut generator = ComfortNoise::new(seed, level);
    let mut samples = Vec::new();
    while samples.len() < length {
        let mut frame = SILENCE;
        generator.fill(&mut frame);
        samples.extend(frame);
    }
    samples.truncate(length);
    samples
}

/// A sine of any frequency; `level` in dBFS.
pub fn sine(hertz: f64, level: f32, length: usize) -> Vec<i16> {
    let peak = 32_768.0 * 2f64.sqrt() * 10f64.powf(f64::from(level) / 20.0);
    (0..length).map(|n| (peak * (std::f64::consts::TAU * hertz * n as f64 / 8_000.0).sin()) as i16).collect()
}

/// A vowel-like sound: pulses of a gliding pitch through three resonances that glide too, at -20 dBFS.
pub fn vowel(pitch: f32, formants: [f32; 3], length: usize) -> Vec<i16> {
    let mut phase = 0.0;
    let mut state = [[0.0f32; 2]; 3];
    let mut out = Vec::with_capacity(length);
    for n in 0..length {
        let time = n as f32 / length as f32;
        let hertz = pitch * (1.15 - 0.3 * time) * (1.0 + 0.01 * (n as f32 / 700.0).sin());
        phase += hertz / 8_000.0;
        let pulse = if phase >= 1.0 {
            phase -= 1.0;
            1.0
        } else {
            0.0
        };
        let mut value = pulse;
        for (k, [one, two]) in state.iter_mut().enumerate() {
            let center = formants[k] * (1.0 + 0.15 * (time - 0.5));
            let radius = (-std::f32::consts::PI * (60.0 + 40.0 * k as f32) / 8_000.0).exp();
            let next =
                value + 2.0 * radius * (std::f32::consts::TAU * center / 8_000.0).cos() * *one - radius * radius * *two;
            (*one, *two) = (next, *one);
            value = next;
        }
        let swell = (n as f32 / 320.0).min(1.0) * ((length - n) as f32 / 480.0).min(1.0);
        out.push(value * swell * (0.7 + 0.3 * (time * 9.0).sin()));
    }
    let peak = out.iter().fold(1e-9f32, |peak, value| peak.max(value.abs()));
    at_level(&out.iter().map(|value| (value / peak * 20_000.0) as i16).collect::<Vec<_>>(), -20.0)
}

/// Some of the vowels of English, for voices from low to high.
pub const VOWELS: [(f32, [f32; 3]); 6] = [
    (95.0, [700.0, 1_200.0, 2_500.0]),
    (120.0, [300.0, 2_200.0, 2_900.0]),
    (150.0, [500.0, 1_700.0, 2_500.0]),
    (190.0, [450.0, 900.0, 2_400.0]),
    (220.0, [650.0, 1_800.0, 2_600.0]),
    (240.0, [350.0, 1_000.0, 2_500.0]),
];
