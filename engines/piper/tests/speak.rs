//! The real voice on the real runtime.
//!
//! `make setup` brings both. Without them these tests fail; without the feature `onnx` they are not built.

use std::path::Path;
use std::time::{Duration, Instant};

use call_model::Language;
use engine_piper::{PiperConfig, PiperVoice};
use tts::{Voice, VoiceError};

fn config() -> PiperConfig {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = PiperConfig::default();
    PiperConfig { folder: root.join(&config.folder), runtime: root.join(&config.runtime), ..config }
}

#[test]
fn sentences_become_sound_of_a_fitting_length_and_level() {
    let mut voice = PiperVoice::load(config()).expect("the English voice; run `make setup`");
    let language = Language::new("en-US");
    let began = Instant::now();
    let text = "You owe forty-two dollars and fifty cents. Is there anything else?";
    let speech = voice.speak(text, &language).unwrap();
    let factor = began.elapsed().as_secs_f64() / speech.duration().as_secs_f64();
    println!("{:?} of sound at {factor:.2} of real time", speech.duration());
    assert_eq!(speech.rate, 22_050);
    assert!((2.5..8.0).contains(&speech.duration().as_secs_f64()), "{:?}", speech.duration());
    assert!((-28.0..-8.0).contains(&audio::dbfs(&speech.samples)), "{}", audio::dbfs(&speech.samples));
    // The pause between the sentences is there.
    let quiet = speech.samples.windows(22_050 / 5).step_by(441).filter(|part| audio::dbfs(part) < -55.0).count();
    assert!(quiet > 0);

    let slow = PiperVoice::load(PiperConfig { length: 1.5, ..config() }).unwrap().speak(text, &language).unwrap();
    assert!(slow.duration() > speech.duration() + Duration::from_millis(500));
}

#[test]
fn nothing_to_say_and_what_cannot_be_said() {
    let mut voice = PiperVoice::load(config()).unwrap();
    let english = Language::new("en");
    assert!(voice.speak(" ... ", &english).unwrap().samples.is_empty());
    assert!(!voice.speaks(&Language::new("zh")));
    assert!(matches!(voice.speak("您好", &Language::new("zh")), Err(VoiceError::UnknownLanguage { .. })));
    let long = "word ".repeat(1_000);
    assert!(matches!(voice.speak(&long, &english), Err(VoiceError::TextTooLong { .. })));
    assert!(voice.name().contains("joe"), "{}", voice.name());
}

#[test]
fn a_damaged_voice_is_refused_by_name() {
    let copy = tempfile::tempdir().unwrap();
    let settings = config().folder.join("en_US-joe-medium.onnx.json");
    std::fs::copy(settings, copy.path().join("x.onnx.json")).unwrap();
    std::fs::write(copy.path().join("x.onnx"), b"<html>").unwrap();
    let error = PiperVoice::load(PiperConfig { folder: copy.path().to_owned(), ..config() }).unwrap_err();
    assert!(matches!(&error, VoiceError::ModelUnusable { path, .. } if path.ends_with("x.onnx")), "{error}");
}
