//! Recognising recordings, freely and without a grammar, so that a test does not hear what it hopes for.

use std::path::Path;
use std::sync::OnceLock;

use vosk::{CompleteResult, Model, Recognizer};

use crate::place::set_up;

/// The words of a recording, lower-case.
pub fn hear(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("the recording {}: {error}", file.display()));
    let (samples, rate) = audio::wav::decode(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let samples = if rate == RATE { samples } else { audio::resample_all(&samples, rate, RATE) };
    let mut recogniser = Recognizer::new(model(), RATE as f32).expect("the model serves 16 kHz");
    let mut words: Vec<String> = Vec::new();
    for part in samples.chunks(RATE as usize / 10) {
        if let Ok(vosk::DecodingState::Finalized) = recogniser.accept_waveform(part) {
            words.extend(text(recogniser.result()));
        }
    }
    words.extend(text(recogniser.final_result()));
    words.join(" ")
}

/// How much of a sentence was heard, 0 to 1: words in their order, over all words of it.
pub fn share_heard(heard: &str, sentence: &str) -> f64 {
    let plain = |text: &str| -> Vec<String> {
        let letters = text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '\'', " ");
        letters.split_whitespace().map(str::to_owned).collect()
    };
    let (heard, sentence) = (plain(heard), plain(sentence));
    // Longest common subsequence, a row at a time.
    let mut row = vec![0usize; sentence.len() + 1];
    for word in &heard {
        let mut before = 0;
        for (place, wanted) in sentence.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if word == wanted { before + 1 } else { above.max(row[place]) };
            before = above;
        }
    }
    row[sentence.len()] as f64 / sentence.len().max(1) as f64
}

fn text(result: CompleteResult<'_>) -> Option<String> {
    match result {
        CompleteResult::Single(result) if !result.text.is_empty() => Some(result.text.to_owned()),
        _ => None,
    }
}

fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = set_up("models/en");
        vosk::set_log_level(vosk::LogLevel::Error);
        Model::new(folder.to_str().expect("the path is text")).expect("the model of `make setup` can be loaded")
    })
}

const RATE: u32 = 16_000;

#[cfg(test)]
mod tests {
    use super::share_heard;

    #[test]
    fn words_count_in_their_order() {
        assert_eq!(share_heard("well the bill account one two three", "Bill, account one two three."), 1.0);
        assert_eq!(share_heard("three two one", "one two three"), 1.0 / 3.0);
        assert_eq!(share_heard("", "one"), 0.0);
    }
}
