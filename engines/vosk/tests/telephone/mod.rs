//! Somebody who says something on a telephone, and a turn that listens, as a worker does.

use std::process::{Command, Stdio};
use std::time::Duration;

use asr::{Grammar, Model, Turn, TurnEvent};
use audio::g711::{self, Law};
use audio::{FRAME, Frame, RATE, Vad, VadConfig};
use call_model::{Heard, Language, ListenRequest};

/// A sentence in a voice of eSpeak NG as it comes out of a telephone: 8 kHz, companded, with silence around it.
pub fn spoken(text: &str, voice: &str) -> Vec<i16> {
    let output = Command::new("espeak-ng")
        .args(["--stdout", "-v", voice, "-s", "150", text])
        .stdin(Stdio::null())
        .output()
        .expect("espeak-ng; run `make setup`");
    let wav = &output.stdout;
    let rate = u32::from_le_bytes(wav[24..28].try_into().unwrap());
    let samples: Vec<i16> = wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let narrow = audio::resample_all(&samples, rate, RATE);
    let silence = vec![0; RATE as usize];
    [&silence[..], &narrow, &silence].concat().into_iter().map(through_telephone).collect()
}

fn through_telephone(sample: i16) -> i16 {
    g711::decode(Law::Mu, g711::encode(Law::Mu, sample))
}

/// The partial results of a turn that listens for some phrases, and what was heard.
pub fn listen(model: &dyn Model, language: &str, phrases: &[&str], sound: &[i16]) -> (Vec<String>, Heard) {
    let request = ListenRequest {
        language: Language::new(language),
        phrases: phrases.iter().map(|phrase| (*phrase).to_owned()).collect::<Vec<_>>().into(),
        in_sentences: 0,
        synonyms: std::sync::Arc::default(),
        free: false,
        phrase_silence: None,
        end_silence: Duration::from_millis(600),
        max_speech: Duration::from_secs(20),
    };
    let grammar = Grammar::new(phrases).unwrap();
    let recogniser = model.listen(&grammar).unwrap();
    let mut turn = Turn::new(&request, grammar, recogniser);
    let mut vad = Vad::new(VadConfig::default());
    let mut partials = Vec::new();
    for chunk in sound.chunks_exact(FRAME) {
        let frame: &Frame = chunk.try_into().unwrap();
        match turn.push(frame, vad.push(frame).voiced).unwrap() {
            Some(TurnEvent::Partial(text)) => partials.push(text),
            Some(TurnEvent::Heard(heard)) => return (partials, heard),
            None => {}
        }
    }
    panic!("the turn did not end; partials: {partials:?}");
}
