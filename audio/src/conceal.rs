//! Sound in place of packets that did not come, in the manner of ITU-T G.711 Appendix I.
//!
//! The last pitch period is repeated, then the last two, then the last three, so that it does not buzz; from the second
//! lost 10 ms on it fades, and after 60 ms there is silence. When packets come again, the first is blended in. Unlike
//! the appendix nothing is delayed: the seam at the beginning of a gap is smoothed inside the repeated sound instead.

use crate::frame::{FRAME, Frame, SILENCE};

/// Conceals the losses of one stream.
#[derive(Debug, Clone)]
pub struct Concealer {
    history: [i16; HISTORY],
    gap: Option<Gap>,
}

/// A gap that is being filled.
#[derive(Debug, Clone)]
struct Gap {
    pitch: usize,
    /// The sound before the gap.
    plain: [f32; HISTORY],
    /// The same with its end smoothed into the beginning of what is repeated, the last `length` samples.
    source: [f32; HISTORY],
    length: usize,
    position: usize,
    /// What would have come had the repeated sound not just become longer, and how much of it is blended in.
    seam: [f32; BLEND],
    blended: usize,
    /// Samples of the gap so far.
    filled: usize,
}

impl Concealer {
    /// A concealer that has heard silence.
    pub fn new() -> Self {
        Self { history: [0; HISTORY], gap: None }
    }

    /// Takes a frame that came; after a gap its beginning is blended with the sound that filled the gap.
    pub fn received(&mut self, frame: &mut Frame) {
        if let Some(mut gap) = self.gap.take() {
            // The longer the gap, the longer the blend: 4 ms and 4 ms more for each 10 ms, 10 ms at most.
            let blend = (BLEND + gap.filled * 2 / 5).min(FRAME / 2);
            for (n, sample) in frame[..blend].iter_mut().enumerate() {
                let rise = (n + 1) as f32 / blend as f32;
                *sample = (f32::from(*sample) * rise + gap.next() * (1.0 - rise)) as i16;
            }
        }
        self.remember(frame);
    }

    /// Gives the sound for a frame that did not come.
    pub fn lost(&mut self) -> Frame {
        let mut gap = self.gap.take().unwrap_or_else(|| Gap::new(&self.history));
        let mut frame = SILENCE;
        if !gap.is_over() {
            frame.iter_mut().for_each(|sample| *sample = gap.next() as i16);
        }
        self.gap = Some(gap);
        self.remember(&frame);
        frame
    }

    /// Whether the last frame was a made one.
    pub fn is_concealing(&self) -> bool {
        self.gap.is_some()
    }

    fn remember(&mut self, frame: &Frame) {
        self.history.copy_within(FRAME.., 0);
        self.history[HISTORY - FRAME..].copy_from_slice(frame);
    }
}

impl Default for Concealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Gap {
    fn new(history: &[i16; HISTORY]) -> Self {
        let plain = history.map(f32::from);
        let pitch = pitch(&plain);
        let seam = [0.0; BLEND];
        let mut gap = Self { pitch, plain, source: plain, length: pitch, position: 0, seam, blended: BLEND, filled: 0 };
        gap.smooth();
        gap
    }

    /// Lets the end of the repeated sound run into its own beginning: its last quarter period is blended with what
    /// lies before the beginning.
    fn smooth(&mut self) {
        self.source = self.plain;
        let quarter = self.pitch / 4;
        let start = HISTORY - self.length;
        for n in 0..quarter {
            let share = (n + 1) as f32 / quarter as f32;
            let end = HISTORY - quarter + n;
            self.source[end] = self.source[end] * (1.0 - share) + self.source[start - quarter + n] * share;
        }
    }

    fn next(&mut self) -> f32 {
        if self.filled == LONGER || self.filled == 2 * LONGER {
            self.lengthen();
        }
        let mut sample = self.repeated();
        if self.blended < BLEND {
            let share = (self.blended + 1) as f32 / BLEND as f32;
            sample = sample * share + self.seam[self.blended] * (1.0 - share);
            self.blended += 1;
        }
        let sample = sample * self.volume();
        self.filled += 1;
        sample
    }

    fn repeated(&mut self) -> f32 {
        let sample = self.source[HISTORY - self.length + self.position];
        self.position = (self.position + 1) % self.length;
        sample
    }

    /// Repeats one period more from now on, going on at the same place of a period.
    fn lengthen(&mut self) {
        let phase = self.position % self.pitch;
        for n in 0..BLEND {
            self.seam[n] = self.repeated();
        }
        self.blended = 0;
        self.length += self.pitch;
        self.position = phase;
        self.smooth();
    }

    /// 1 for the first 10 ms, then falling by a fifth each 10 ms, 0 from 60 ms on.
    fn volume(&self) -> f32 {
        let faded = self.filled.saturating_sub(FULL) as f32 / (SILENT - FULL) as f32;
        (1.0 - faded).max(0.0)
    }

    fn is_over(&self) -> bool {
        self.filled >= SILENT
    }
}

/// The pitch period in samples at the end of the sound: where the last 20 ms are most like those before.
fn pitch(source: &[f32; HISTORY]) -> usize {
    let newest = &source[HISTORY - FRAME..];
    let mut best = (LONGEST, f32::MIN);
    for lag in SHORTEST..=LONGEST {
        let older = &source[HISTORY - FRAME - lag..HISTORY - lag];
        let (mut product, mut energy) = (0.0, 0.0);
        for (new, old) in newest.iter().zip(older) {
            product += new * old;
            energy += old * old;
        }
        let likeness = product / energy.max(1.0).sqrt();
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    best.0
}

/// Samples remembered: the longest three periods and a quarter (G.711 I.2.2: 390).
const HISTORY: usize = 400;

/// Pitch periods looked for: 200 to 66 Hz (G.711 I.2.3).
const SHORTEST: usize = 40;
const LONGEST: usize = 120;

/// Samples after which one more period is repeated, and again: 10 ms.
const LONGER: usize = 80;

/// Samples that are concealed at full volume, and after which there is silence.
const FULL: usize = 80;
const SILENT: usize = 480;

/// Samples of the shortest blend.
const BLEND: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::dbfs;

    fn wave(period: f32, from: usize) -> Frame {
        std::array::from_fn(|n| {
            let phase = (from + n) as f32 / period * std::f32::consts::TAU;
            (6_000.0 * phase.sin() + 3_000.0 * (2.0 * phase).sin()) as i16
        })
    }

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[0]) - i32::from(pair[1])).abs()).max().unwrap_or(0)
    }

    /// A voice of the given period with frames missing, as it comes out.
    fn with_losses(period: f32, frames: usize, lost: std::ops::Range<usize>) -> Vec<i16> {
        let mut concealer = Concealer::new();
        let mut out = Vec::new();
        for n in 0..frames {
            if lost.contains(&n) {
                out.extend(concealer.lost());
            } else {
                let mut frame = wave(period, n * FRAME);
                concealer.received(&mut frame);
                out.extend(frame);
            }
        }
        out
    }

    #[test]
    fn one_lost_packet_of_a_voice_is_not_heard() {
        for period in [45.0, 63.3, 80.0, 101.7, 115.0] {
            let out = with_losses(period, 8, 4..5);
            let whole = with_losses(period, 8, 0..0);
            assert!((dbfs(&out[640..800]) - dbfs(&whole[640..800])).abs() < 1.5, "{period}");
            assert!(steepest(&out) < steepest(&whole) * 3 / 2, "{period}: {} {}", steepest(&out), steepest(&whole));
        }
    }

    #[test]
    fn a_gap_fades_and_is_silent_after_60_ms() {
        let out = with_losses(80.0, 20, 5..15);
        let levels: Vec<f32> = out.chunks(FRAME).map(dbfs).collect();
        assert!(levels[5] > levels[4] - 2.0);
        assert!(levels[6] < levels[5] && levels[7] < levels[6]);
        assert!(levels[8..15].iter().all(|&level| level < -99.0), "{levels:?}");
        assert!((levels[16] - levels[4]).abs() < 0.1);
        assert!(steepest(&out) < 1_600, "{}", steepest(&out));
    }

    #[test]
    fn sound_that_came_is_left_alone() {
        assert_eq!(with_losses(70.0, 10, 0..0), (0..10).flat_map(|n| wave(70.0, n * FRAME)).collect::<Vec<_>>());
        let after: Vec<i16> = with_losses(70.0, 10, 3..4)[5 * FRAME..].to_vec();
        assert_eq!(after, (5..10).flat_map(|n| wave(70.0, n * FRAME)).collect::<Vec<_>>());
    }

    #[test]
    fn a_loss_before_any_sound_is_silence() {
        let mut concealer = Concealer::new();
        assert_eq!(concealer.lost(), SILENCE);
        assert!(concealer.is_concealing());
        let mut frame = wave(80.0, 0);
        concealer.received(&mut frame);
        assert!(!concealer.is_concealing());
    }

    #[test]
    fn the_loudest_sound_does_not_wrap() {
        let mut concealer = Concealer::new();
        for _ in 0..4 {
            let mut frame: Frame = std::array::from_fn(|n| if n / 37 % 2 == 0 { i16::MAX } else { i16::MIN });
            concealer.received(&mut frame);
        }
        let frame = concealer.lost();
        assert!(frame.iter().filter(|sample| sample.unsigned_abs() > 30_000).count() > 100);
    }
}
