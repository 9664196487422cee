//! Recordings: what is in them, and what a crash leaves of them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod phone;

use std::path::Path;
use std::time::{Duration, Instant};

use audio::g711;
use call_model::{BargeIn, OrderId, SoundFact};
use media::sdp::Codec;
use media_runtime::{Play, finish_abandoned};
use phone::{LIMIT, Phone, prompt, runtime};

/// Left and right samples of a file.
fn read(path: &Path) -> [Vec<i16>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    let mut wav = hound::WavReader::open(path).unwrap();
    assert_eq!((wav.spec().channels, wav.spec().sample_rate, wav.spec().bits_per_sample), (2, 8_000, 16));
    for (n, sample) in wav.samples::<i16>().enumerate() {
        sides[n % 2].push(sample.unwrap());
    }
    sides
}

fn decoded(codec: Codec, payload: &[u8]) -> Vec<i16> {
    payload.iter().map(|byte| g711::decode(codec.law(), *byte)).collect()
}

/// Where a piece of sound begins.
fn find(sound: &[i16], piece: &[i16]) -> Option<usize> {
    sound.windows(piece.len()).position(|window| window == piece)
}

/// A frame of noise that no other number has.
fn voice(n: usize) -> Vec<u8> {
    let mut state = n as u64 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 49) as i16 / 4
    };
    (0..160).map(|_| g711::encode(Codec::Pcmu.law(), next())).collect()
}

#[test]
fn a_recording_holds_what_was_said_and_what_was_heard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    let runtime = runtime(1, 23_100);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    runtime.record(phone.leg, OrderId(1), path.clone()).unwrap();
    let played = prompt(30, 6);
    runtime.play(phone.leg, OrderId(2), Play::once(vec![played.clone()], BargeIn::Never)).unwrap();
    for n in 0..60 {
        phone.receive();
        phone.speak(&voice(n));
    }
    runtime.close(phone.leg);
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
    let [left, right] = read(&path);
    let prompt_sound: Vec<i16> =
        (0..30).flat_map(|n| decoded(Codec::Pcmu, played.frame(Codec::Pcmu.law(), n).unwrap())).collect();
    assert!(find(&right, &prompt_sound).is_some(), "the whole prompt, without a gap");
    // The pace of the machine may cost a frame here or there; each frame itself is exact.
    let said = (5..50).filter(|n| find(&left, &decoded(Codec::Pcmu, &voice(*n))[80..]).is_some()).count();
    assert!(said > 35, "{said} of 45 frames");
    assert_eq!(left.len(), right.len());
}

#[test]
fn a_muted_recording_holds_silence_of_the_same_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muted.wav");
    let runtime = runtime(1, 23_120);
    let mut phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    runtime.record(phone.leg, OrderId(1), path.clone()).unwrap();
    // Music is the clock: a packet each 20 ms.
    runtime.play(phone.leg, OrderId(2), Play::music(prompt(5, 1))).unwrap();
    for n in 0..90 {
        match n {
            30 => runtime.mute_recording(phone.leg, true),
            60 => runtime.mute_recording(phone.leg, false),
            _ => {}
        }
        phone.receive();
        phone.speak(&voice(n));
    }
    runtime.close(phone.leg);
    assert_eq!(phone.facts.wait_closing(OrderId(1)), SoundFact::Finished { order: OrderId(1) });
    let [left, right] = read(&path);
    let found = |from: usize, to: usize| {
        (from..to).filter(|n| find(&left, &decoded(Codec::Pcmu, &voice(*n))[80..]).is_some()).count()
    };
    // The jitter buffer and the thread's pace shift the borders by some frames.
    assert_eq!(found(40, 55), 0, "nothing of what was said while it was muted");
    assert!(found(5, 25) > 10 && found(70, 82) > 5, "what was said before and after is there");
    assert!(left.len() > 80 * 160 && left.len() == right.len(), "the length stays true");
}

#[test]
fn both_parties_of_a_bridge_are_recorded_and_a_stop_completes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.wav");
    let runtime = runtime(2, 23_140);
    let mut a = Phone::call(&runtime, 1, Codec::Pcmu, true);
    let mut b = Phone::call(&runtime, 2, Codec::Pcmu, true);
    // A third leg that hears music is the clock: a packet each 20 ms.
    let clock = Phone::call(&runtime, 3, Codec::Pcmu, true);
    runtime.play(clock.leg, OrderId(3), Play::music(prompt(5, 1))).unwrap();
    runtime.play(b.leg, OrderId(4), Play::music(prompt(5, 1))).unwrap();
    runtime.record(a.leg, OrderId(1), path.clone()).unwrap();
    runtime.bridge(OrderId(2), a.leg, b.leg).unwrap();
    assert!(matches!(b.facts.wait_closing(OrderId(4)), SoundFact::Stopped { .. }));
    for n in 0..60 {
        clock.receive();
        a.speak(&voice(n));
        b.speak(&voice(n + 1_000));
        a.receive_until(&voice(n + 1_000));
        b.receive_until(&voice(n));
    }
    runtime.stop(a.leg, OrderId(1));
    let SoundFact::Stopped { played_ms, .. } = a.facts.wait_closing(OrderId(1)) else { panic!("not stopped") };
    let [left, right] = read(&path);
    assert_eq!(left.len(), played_ms as usize * 8);
    assert_eq!(right.len(), left.len());
    let count = |side: &[i16], first: usize| {
        (0..60).filter(|n| find(side, &decoded(Codec::Pcmu, &voice(n + first))[80..]).is_some()).count()
    };
    assert!(count(&left, 0) > 40 && count(&right, 1_000) > 40, "{} {}", count(&left, 0), count(&right, 1_000));
    assert_eq!((count(&left, 1_000), count(&right, 0)), (0, 0));
    runtime.close(a.leg);
    assert_eq!(a.facts.wait_closing(OrderId(2)), SoundFact::Finished { order: OrderId(2) });
}

#[test]
fn an_abandoned_recording_is_whole_up_to_its_last_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lost.wav");
    let part = folder.path().join("lost.wav.part");
    let runtime = runtime(1, 23_180);
    let phone = Phone::call(&runtime, 1, Codec::Pcmu, true);
    runtime.record(phone.leg, OrderId(1), path.clone()).unwrap();
    let played = prompt(3_000, 6);
    runtime.play(phone.leg, OrderId(2), Play::once(vec![played.clone()], BargeIn::Never)).unwrap();
    let mut frames = 0;
    let until = Instant::now() + LIMIT;
    // What a kill at this moment would leave on the disk, a second after the first header.
    let left_behind = loop {
        phone.receive();
        frames += 1;
        assert!(Instant::now() < until, "no header was written");
        if frames > 150 && frames % 10 == 0 && hound::WavReader::open(&part).is_ok_and(|wav| wav.duration() > 0) {
            break folder.path().join("copy.wav.part");
        }
    };
    let crashed = tempfile::tempdir().unwrap();
    std::fs::copy(&part, crashed.path().join(left_behind.file_name().unwrap())).unwrap();
    assert_eq!(finish_abandoned(crashed.path()).unwrap(), 1);
    let [_, right] = read(&crashed.path().join("copy.wav"));
    // Two seconds of slack for a machine that was taken away: one is the promise.
    assert!(right.len() / 160 + 100 > frames, "{} of {frames} frames", right.len() / 160);
    let start = find(&right, &decoded(Codec::Pcmu, played.frame(Codec::Pcmu.law(), 0).unwrap())).unwrap();
    for (n, frame) in right[start..].chunks_exact(160).enumerate() {
        assert_eq!(frame, decoded(Codec::Pcmu, played.frame(Codec::Pcmu.law(), n).unwrap()), "frame {n}");
    }
    assert!(!path.exists());
    assert!(Duration::from_millis(frames as u64 * 20) > Duration::from_secs(3));
}
