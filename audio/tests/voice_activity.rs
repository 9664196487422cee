//! What voice activity must hear, and what it must not take for a voice.

mod sound;

use audio::dtmf;
use audio::tone::{BEEP, TonePlan};
use audio::{FRAME, Frame, SILENCE, ToneGenerator, Vad, VadEvent};
use sound::{VOWELS, add, at_level, frames, noise, sine, vowel};

/// Seconds of sound that start speech, each at the time of its report.
fn starts(vad: &mut Vad, frames: &[Frame]) -> Vec<f32> {
    let mut starts = Vec::new();
    for (n, frame) in frames.iter().enumerate() {
        if vad.push(frame).event == Some(VadEvent::SpeechStarted) {
            starts.push((n + 1) as f32 * 0.02);
        }
    }
    starts
}

/// A line that has been quiet, or had its noise, for two seconds.
fn after(line: &[i16]) -> Vad {
    let mut vad = Vad::default();
    assert_eq!(starts(&mut vad, &frames(line)), []);
    vad
}

fn on_quiet_line(samples: &[i16]) -> Vec<f32> {
    starts(&mut after(&[0; 16_000]), &frames(samples))
}

#[test]
fn a_voice_starts_speech_within_100_ms_at_any_level() {
    for (pitch, formants) in VOWELS {
        let voice = vowel(pitch, formants, 4_000);
        for level in [-35.0, -25.0, -10.0] {
            let voice = at_level(&voice, level);
            for late in [0, 40, 80, 120] {
                let mut line = noise(3, level - 15.0, 24_000);
                add(&mut line, 16_000 + late, &voice);
                let mut vad = after(&line[..16_000]);
                let starts = starts(&mut vad, &frames(&line[16_000..]));
                assert_eq!(starts.len(), 1, "{pitch} Hz at {level} dBFS");
                assert!(starts[0] - late as f32 / 8_000.0 <= 0.1, "{pitch} Hz at {level} dBFS: {}", starts[0]);
            }
        }
    }
}

#[test]
fn speech_ends_once_after_the_hangover_and_silence_is_told_from_its_true_beginning() {
    let mut line = vec![0; 24_000];
    add(&mut line, 0, &vowel(120.0, [500.0, 1_500.0, 2_500.0], 4_800));
    let mut vad = after(&[0; 16_000]);
    let voices: Vec<_> = frames(&line).iter().map(|frame| vad.push(frame)).collect();
    let last = voices.iter().rposition(|voice| voice.voiced).unwrap();
    let ended = voices.iter().position(|voice| voice.event == Some(VadEvent::SpeechEnded)).unwrap();
    assert!((27..=31).contains(&last), "{last}");
    assert_eq!(ended - last, 12, "240 ms");
    assert_eq!(voices.iter().filter(|voice| voice.event.is_some()).count(), 2);
}

#[test]
fn two_words_with_a_pause_of_120_ms_are_one_stretch_of_speech() {
    let mut line = vec![0; 24_000];
    add(&mut line, 0, &vowel(120.0, [500.0, 1_500.0, 2_500.0], 3_200));
    add(&mut line, 4_160, &vowel(130.0, [700.0, 1_200.0, 2_500.0], 3_200));
    assert_eq!(on_quiet_line(&line).len(), 1);
}

#[test]
fn line_noise_at_45_dbfs_is_no_speech_whether_it_was_there_or_begins() {
    for seed in 1..20 {
        let white = noise(seed, -45.0, 40_000);
        assert_eq!(starts(&mut Vad::default(), &frames(&white)), []);
        assert_eq!(on_quiet_line(&white), []);
    }
}

#[test]
fn hum_at_45_dbfs_is_no_speech() {
    for mains in [50.0, 60.0] {
        let mut hum = sine(mains, -46.0, 40_000);
        for harmonic in 2..8 {
            add(&mut hum, 0, &sine(mains * f64::from(harmonic), -50.0 - 3.0 * harmonic as f32, 40_000));
        }
        add(&mut hum, 0, &noise(4, -60.0, 40_000));
        assert_eq!(starts(&mut Vad::default(), &frames(&hum)), [], "{mains}");
        assert_eq!(on_quiet_line(&hum), [], "{mains}");
    }
}

#[test]
fn a_loud_noise_that_stays_is_left_out_of_count_after_two_seconds() {
    let mut vad = after(&[0; 16_000]);
    let street = noise(9, -25.0, 80_000);
    let heard = frames(&street);
    starts(&mut vad, &heard[..100]);
    assert!(heard[100..].iter().all(|frame| !vad.push(frame).voiced));
    let voice = vowel(150.0, [500.0, 1_700.0, 2_500.0], 4_000);
    let mut line = noise(10, -25.0, 8_000);
    add(&mut line, 1_600, &at_level(&voice, -12.0));
    assert_eq!(starts(&mut vad, &frames(&line)).len(), 1);
}

#[test]
fn clicks_are_no_speech() {
    let mut line = noise(2, -60.0, 80_000);
    for n in 0..40 {
        let at = n * 1_999;
        for (k, sample) in line[at..at + 24].iter_mut().enumerate() {
            *sample = if k % 4 < 2 { 20_000 - 700 * k as i16 } else { -20_000 + 700 * k as i16 };
        }
    }
    assert_eq!(on_quiet_line(&line), []);
}

#[test]
fn keys_of_any_length_and_level_are_no_speech() {
    for key in "0123456789*#ABCD".chars() {
        for milliseconds in [40, 60, 85, 100, 200, 1_000] {
            for level in [-7.0, -20.0, -30.0] {
                for late in [0, 33, 77, 120] {
                    let mut line = noise(5, -65.0, 16_000);
                    let tone = at_level(&dtmf::tone(key, milliseconds).unwrap(), level);
                    for n in 0..4 {
                        add(&mut line, late + n * 4_000, &tone);
                    }
                    let starts = on_quiet_line(&line);
                    assert_eq!(starts, [], "{key}, {milliseconds} ms at {level} dBFS, {late} samples late");
                }
            }
        }
    }
}

#[test]
fn keys_in_noise_are_no_speech() {
    let mut false_starts = Vec::new();
    for (n, key) in "0123456789*#ABCD".chars().enumerate() {
        for milliseconds in [60, 100, 400] {
            let mut line = noise(n as u64 + 1, -35.0, 32_000);
            add(&mut line, 20_000 + 37 * n, &at_level(&dtmf::tone(key, milliseconds).unwrap(), -17.0));
            if !starts(&mut after(&line[..16_000]), &frames(&line[16_000..])).is_empty() {
                false_starts.push((key, milliseconds));
            }
        }
    }
    assert_eq!(false_starts, []);
}

#[test]
fn tones_of_the_network_and_of_machines_are_no_speech() {
    let mut shapes = vec![BEEP];
    for plan in [TonePlan::Etsi, TonePlan::NorthAmerica] {
        shapes.extend([plan.ringback(), plan.busy(), plan.congestion()]);
    }
    for shape in shapes {
        let mut generator = ToneGenerator::new(shape);
        let mut frame = SILENCE;
        let mut vad = after(&[0; 16_000]);
        for n in 0..500 {
            generator.fill(&mut frame);
            let heard = frames(&frame)[0];
            assert_eq!(vad.push(&heard).event, None, "{shape:?} after {} ms", n * 20);
        }
    }
    for hertz in [300.0, 400.0, 1_100.0, 1_400.0, 2_100.0, 2_750.0] {
        assert_eq!(on_quiet_line(&sine(hertz, -13.0, 16_000)), [], "{hertz} Hz");
    }
}

#[test]
fn the_same_sound_gives_the_same_flags() {
    let mut line = noise(8, -50.0, 32_000);
    add(&mut line, 16_000, &vowel(190.0, [450.0, 900.0, 2_400.0], 6_000));
    let flags = || {
        let mut vad = Vad::default();
        frames(&line).iter().map(|frame| vad.push(frame)).collect::<Vec<_>>()
    };
    assert_eq!(flags(), flags());
    assert_eq!(line.len() / FRAME, 200);
}
