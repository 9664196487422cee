//! Hold music of our own making.

use crate::frame::RATE;

/// A quiet loop of 19.2 s at 8 kHz: four slow chords with a plucked figure above them. It runs into its own beginning without
/// a seam, is the same each time, and belongs to nobody else. Takes a few milliseconds: make it once.
pub fn hold_music() -> Vec<i16> {
    let mut mix = vec![0.0f32; LOOP];
    for (bar, chord) in CHORDS.iter().enumerate() {
        for (voice, &note) in chord.iter().enumerate() {
            pad(&mut mix, bar * BAR, note, 0.13 - 0.015 * voice as f32);
        }
        for (step, &choice) in FIGURE.iter().enumerate() {
            let octave = if step % 8 == 4 { 24 } else { 12 };
            pluck(&mut mix, bar * BAR + step * BAR / FIGURE.len(), chord[choice] + octave, 0.10);
        }
    }
    let energy: f32 = mix.iter().map(|value| value * value).sum();
    let scale = 32_768.0 * 10f32.powf(LEVEL / 20.0) / (energy / LOOP as f32).sqrt();
    mix.into_iter().map(|value| (value * scale).clamp(-20_000.0, 20_000.0) as i16).collect()
}

/// A soft chord tone that swells, stays and fades into the next bar.
fn pad(mix: &mut [f32], start: usize, note: i32, volume: f32) {
    let length = BAR + BAR / 4;
    for n in 0..length {
        let time = n as f32 / RATE as f32;
        let swell = (n as f32 / (BAR / 4) as f32).min(1.0) * ((length - n) as f32 / (BAR / 4) as f32).min(1.0);
        let waver = 1.0 + 0.08 * (std::f32::consts::TAU * 0.625 * time).sin();
        let value = sine(note, time) + 0.3 * sine(note + 12, time) + 0.1 * sine(note + 19, time);
        mix[(start + n) % LOOP] += volume * swell * waver * value;
    }
}

/// A note that is struck and dies away.
fn pluck(mix: &mut [f32], start: usize, note: i32, volume: f32) {
    for n in 0..RATE as usize * 2 {
        let time = n as f32 / RATE as f32;
        let decay = (time / 0.006).min(1.0) * (-2.6 * time).exp();
        let bright = (-9.0 * time).exp();
        let value = sine(note, time) + 0.4 * bright * sine(note + 12, time) + 0.2 * bright * sine(note + 24, time);
        mix[(start + n) % LOOP] += volume * decay * value;
    }
}

/// A note of the equal-tempered scale, 69 being 440 Hz.
fn sine(note: i32, time: f32) -> f32 {
    let hertz = 440.0 * ((note - 69) as f32 / 12.0).exp2();
    (std::f32::consts::TAU * hertz * time).sin()
}

/// Level of the music: well below speech, so that nobody is startled.
const LEVEL: f32 = -27.0;

/// A bar of 4.8 s, and the loop of four.
const BAR: usize = 38_400;
const LOOP: usize = 4 * BAR;

/// C major seventh, A minor seventh, F major seventh, G with a fourth.
const CHORDS: [[i32; 4]; 4] = [[48, 55, 59, 64], [45, 52, 55, 60], [53, 57, 60, 64], [43, 50, 55, 60]];

/// Which chord tone each of the sixteen steps of a bar plucks.
const FIGURE: [usize; 16] = [0, 2, 3, 1, 3, 2, 1, 2, 0, 3, 2, 1, 3, 2, 3, 1];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::dbfs;
    use crate::vad::Vad;

    #[test]
    fn the_loop_is_quiet_even_and_without_a_seam() {
        let music = hold_music();
        assert_eq!(music.len(), 19_200 * 8);
        assert!((dbfs(&music) - LEVEL).abs() < 0.5);
        for second in music.chunks(8_000).filter(|second| second.len() == 8_000) {
            let level = dbfs(second);
            assert!((-34.0..-22.0).contains(&level), "{level}");
        }
        let highest = music.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!(highest < 12_000, "{highest}");
        let step = |a: i16, b: i16| (i32::from(a) - i32::from(b)).abs();
        let steepest = music.windows(2).map(|pair| step(pair[0], pair[1])).max().unwrap();
        assert!(step(music[music.len() - 1], music[0]) <= steepest);
    }

    #[test]
    fn it_is_the_same_each_time() {
        assert_eq!(hold_music(), hold_music());
    }

    #[test]
    fn it_is_music_to_no_detector_of_keys() {
        let mut keys = crate::DtmfDetector::new();
        let mut vad = Vad::default();
        for frame in hold_music().as_chunks().0 {
            assert_eq!(keys.push(frame), None);
            vad.push(frame);
        }
    }
}
