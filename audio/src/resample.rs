//! From one rate to another, by rubato's synchronous FFT resampler.

use audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

use crate::frame::{FRAME, Frame, RATE, WIDE_FRAME, WIDE_RATE, WideFrame};

/// Makes 16 kHz of 8 kHz, frame by frame, for recognisers. The sound comes out 10 ms late (160 samples of the output).
pub struct Upsampler {
    fft: Fft<f32>,
    narrow: [f32; FRAME],
    wide: [f32; WIDE_FRAME],
    out: WideFrame,
}

impl Upsampler {
    /// Makes the filter; all that it will ever need is allocated here.
    pub fn new() -> Self {
        let fft = Fft::new(RATE as usize, WIDE_RATE as usize, FRAME, 1, FixedSync::Both)
            .expect("8,000 to 16,000 in chunks of 160 is a setting that rubato takes");
        Self { fft, narrow: [0.0; FRAME], wide: [0.0; WIDE_FRAME], out: [0; WIDE_FRAME] }
    }

    /// Takes a frame and gives its 320 samples at 16 kHz.
    pub fn push(&mut self, frame: &Frame) -> &WideFrame {
        self.narrow.iter_mut().zip(frame).for_each(|(to, &from)| *to = f32::from(from));
        let input = SequentialSlice::new(&self.narrow, 1, FRAME).expect("160 samples of one channel");
        let mut output = SequentialSlice::new_mut(&mut self.wide, 1, WIDE_FRAME).expect("320 samples of one channel");
        self.fft.process_into_buffer(&input, &mut output, None).expect("both buffers have the size that was agreed on");
        self.out.iter_mut().zip(&self.wide).for_each(|(to, &from)| *to = to_sample(from));
        &self.out
    }
}

impl Default for Upsampler {
    fn default() -> Self {
        Self::new()
    }
}

/// Brings a whole clip from one rate to another, without delay; the length changes by the ratio of the rates.
///
/// Made for prompts, not for the per-packet path: it allocates. A rate of 0 gives an empty clip.
pub fn resample_all(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to {
        return samples.to_vec();
    }
    if samples.is_empty() || from == 0 || to == 0 {
        return Vec::new();
    }
    let length = (samples.len() as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize;
    let input: Vec<f32> = samples.iter().map(|&sample| f32::from(sample)).collect();
    let mut fft = Fft::<f32>::new(from as usize, to as usize, CLIP_CHUNK, 1, FixedSync::Input)
        .expect("rates other than 0 and a chunk other than 0 are settings that rubato takes");
    let room = fft.process_all_needed_output_len(input.len());
    let mut output = vec![0.0; room];
    let source = SequentialSlice::new(&input, 1, input.len()).expect("as long as it is");
    let mut sink = SequentialSlice::new_mut(&mut output, 1, room).expect("as long as it is");
    let (_, made) = fft
        .process_all_into_buffer(&source, &mut sink, input.len(), None)
        .expect("the output has the room that was asked for");
    output.truncate(made.min(length));
    output.into_iter().map(to_sample).collect()
}

fn to_sample(value: f32) -> i16 {
    // `as` saturates, so that overshoot at full scale is cut and never wraps.
    value.round() as i16
}

/// Input samples that are transformed at once: a sharp filter, at no cost that matters for a prompt.
const CLIP_CHUNK: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::dbfs;

    fn sine(hertz: f64, rate: u32, samples: usize, peak: f64) -> Vec<i16> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..samples).map(|n| (peak * (step * n as f64).sin()) as i16).collect()
    }

    /// Power of one frequency in dBFS.
    fn power_at(samples: &[i16], hertz: f64, rate: u32) -> f64 {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        let (mut re, mut im) = (0.0, 0.0);
        for (n, &sample) in samples.iter().enumerate() {
            re += f64::from(sample) * (step * n as f64).cos();
            im += f64::from(sample) * (step * n as f64).sin();
        }
        let amplitude = 2.0 * (re * re + im * im).sqrt() / samples.len() as f64;
        20.0 * (amplitude / 32_768.0 / 2f64.sqrt()).max(1e-9).log10()
    }

    #[test]
    fn the_upsampled_tone_keeps_its_level_and_has_no_image() {
        for hertz in [300.0, 1_000.0, 3_000.0, 3_400.0] {
            let narrow = sine(hertz, 8_000, 8_000, 16_000.0);
            let mut upsampler = Upsampler::new();
            let mut wide = Vec::new();
            for chunk in narrow.chunks_exact(FRAME) {
                wide.extend_from_slice(upsampler.push(chunk.try_into().unwrap()));
            }
            let settled = &wide[1_600..14_400];
            assert!((power_at(settled, hertz, 16_000) + 9.24).abs() < 0.3, "{hertz}");
            assert!(power_at(settled, 8_000.0 - hertz, 16_000) < -80.0, "{hertz}");
        }
    }

    #[test]
    fn a_full_scale_square_saturates_and_never_wraps() {
        let mut upsampler = Upsampler::new();
        for _ in 0..10 {
            let frame: Frame = std::array::from_fn(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN });
            let wide = *upsampler.push(&frame);
            for pair in wide.windows(2) {
                assert!((i32::from(pair[0]) - i32::from(pair[1])).abs() < 50_000);
            }
        }
    }

    #[test]
    fn a_clip_of_any_usual_rate_keeps_length_and_level() {
        for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000] {
            let clip = sine(440.0, rate, rate as usize, 10_000.0);
            let out = resample_all(&clip, rate, 8_000);
            assert!(out.len().abs_diff(8_000) <= 1, "{rate}: {}", out.len());
            assert!((dbfs(&out[800..7_200]) - dbfs(&clip)).abs() < 0.2, "{rate}");
        }
    }

    #[test]
    fn what_lies_above_the_new_half_rate_is_gone() {
        let clip = sine(6_000.0, 22_050, 22_050, 16_000.0);
        assert!(dbfs(&resample_all(&clip, 22_050, 8_000)[400..7_600]) < -70.0);
    }

    #[test]
    fn an_event_in_a_clip_stays_at_its_time() {
        let mut clip = vec![0; 22_050];
        clip[11_025] = 30_000;
        let out = resample_all(&clip, 22_050, 8_000);
        let peak = (0..out.len()).max_by_key(|&n| out[n].unsigned_abs()).unwrap();
        assert!(peak.abs_diff(4_000) <= 1, "{peak}");
    }

    #[test]
    fn odd_clips_are_no_trouble() {
        assert_eq!(resample_all(&[], 22_050, 8_000), []);
        assert_eq!(resample_all(&[1, 2], 0, 8_000), []);
        assert_eq!(resample_all(&[1, 2, 3], 8_000, 8_000), [1, 2, 3]);
        assert_eq!(resample_all(&[100], 48_000, 8_000).len(), 1);
        assert_eq!(resample_all(&[100; 10], 7_999, 8_000).len(), 11);
    }
}
