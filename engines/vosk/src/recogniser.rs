//! One turn of listening.

use std::panic::{AssertUnwindSafe, catch_unwind};

use asr::{Recogniser, RecogniserError, UNKNOWN};
use call_model::HeardWord;
use vosk::{CompleteResult, DecodingState};

use crate::band::Image;
use crate::twins::Twins;

/// A recogniser of the library.
///
/// The library ends utterances by rules of its own after half a second of silence and more, and forgets an utterance when
/// the next begins; what it ended is kept here, so that a turn is one whole.
pub(crate) struct VoskRecogniser {
    recogniser: vosk::Recognizer,
    hearing: Hearing,
    image: Image,
    /// Words of utterances that the library has ended.
    ended: Vec<HeardWord>,
}

/// What a model makes of sound, and what its words mean.
pub(crate) struct Hearing {
    pub(crate) twins: Twins,
    /// The model's own word for what it does not know.
    pub(crate) unknown: Option<&'static str>,
    /// Whether the band above a telephone's is filled.
    pub(crate) fills_band: bool,
}

impl Hearing {
    /// The word that was meant by one that was heard.
    fn meant<'a>(&self, heard: &'a str) -> &'a str {
        if self.unknown == Some(heard) { UNKNOWN } else { self.twins.meant(heard) }
    }
}

impl VoskRecogniser {
    pub(crate) fn new(mut recogniser: vosk::Recognizer, hearing: Hearing) -> Self {
        // Alternatives would replace confidences by scores that compare with nothing.
        recogniser.set_max_alternatives(0);
        recogniser.set_words(true);
        Self { recogniser, hearing, image: Image::default(), ended: Vec::new() }
    }
}

impl Recogniser for VoskRecogniser {
    fn push(&mut self, samples_16k: &[i16]) -> Result<(), RecogniserError> {
        if samples_16k.is_empty() {
            return Ok(());
        }
        let Self { recogniser, hearing, image, ended } = self;
        let samples = if hearing.fills_band { image.fill(samples_16k) } else { samples_16k };
        guarded(|| match recogniser.accept_waveform(samples) {
            Ok(DecodingState::Running) => Ok(()),
            Ok(DecodingState::Finalized) => {
                ended.extend(words(&recogniser.result(), hearing));
                Ok(())
            }
            Ok(DecodingState::Failed) => Err(RecogniserError::Failed("libvosk could not decode the sound".to_owned())),
            Err(error) => Err(RecogniserError::Failed(error.to_string())),
        })
    }

    fn partial(&mut self) -> Result<String, RecogniserError> {
        let Self { recogniser, hearing, ended, .. } = self;
        guarded(|| {
            let latest = recogniser.partial_result().partial;
            let words = ended
                .iter()
                .map(|word| word.word.as_str())
                .chain(latest.split_whitespace().map(|word| hearing.meant(word)));
            Ok(words.collect::<Vec<_>>().join(" "))
        })
    }

    fn finish(&mut self) -> Result<Vec<HeardWord>, RecogniserError> {
        let Self { recogniser, hearing, ended, .. } = self;
        guarded(|| {
            ended.extend(words(&recogniser.final_result(), hearing));
            Ok(std::mem::take(ended))
        })
    }
}

/// The binding panics when the library's results cannot be read; a turn fails then, and nothing else.
fn guarded<T>(work: impl FnOnce() -> Result<T, RecogniserError>) -> Result<T, RecogniserError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(RecogniserError::Failed("libvosk gave a result that cannot be read".to_owned())))
}

fn words(result: &CompleteResult<'_>, hearing: &Hearing) -> Vec<HeardWord> {
    let CompleteResult::Single(result) = result else { return Vec::new() };
    result
        .result
        .iter()
        .map(|word| HeardWord {
            word: hearing.meant(word.word).to_owned(),
            confidence: word.conf.clamp(0.0, 1.0),
            start_ms: milliseconds(word.start),
            end_ms: milliseconds(word.end),
        })
        .collect()
}

fn milliseconds(seconds: f32) -> u32 {
    // A cast of a float saturates: nothing below 0, and NaN is 0.
    (seconds * 1_000.0).round() as u32
}
