//! Listening once more.
//!
//! A recogniser's grammar knows which words follow each other, not which phrases there are: from "report a fraud" and
//! "apply for a loan" it makes "report a loan". And it hears a short phrase, "my bill", in much that was not said. Such a
//! turn is heard once more, for a few phrases only: then little else can be made of the sound, and what is made out means
//! more. So is a turn in which a synonym was made out that is heard in other words: without it.

use std::sync::Arc;

use call_model::HeardWord;

use crate::grammar::holds;
use crate::{Grammar, Model};

/// The sound of one turn, and the model that can listen to it once more.
pub(crate) struct Again {
    model: Arc<dyn Model>,
    /// What was decoded, at 16 kHz.
    sound: Vec<i16>,
}

impl Again {
    pub fn new(model: Arc<dyn Model>) -> Self {
        Self { model, sound: Vec::new() }
    }

    /// Keeps the next samples; of endless speech only the beginning.
    pub fn keep(&mut self, samples: &[i16]) {
        let room = MOST_SAMPLES.saturating_sub(self.sound.len());
        self.sound.extend_from_slice(&samples[..samples.len().min(room)]);
    }

    /// The words of a second listening, with times since the first sample: empty where no phrase was made out. `None` where
    /// the sound is too short to hold one, and where listening failed.
    pub fn listen(&self, grammar: &Grammar) -> Option<Vec<HeardWord>> {
        if self.sound.len() < FEWEST_SAMPLES {
            return None;
        }
        let heard = self.model.listen(grammar).and_then(|mut recogniser| {
            self.sound.chunks(CHUNK).try_for_each(|samples| recogniser.push(samples))?;
            recogniser.finish()
        });
        let words = heard.ok()?;
        let text = HeardWord::joined(&words);
        Some(if grammar.phrases().iter().any(|phrase| holds(&text, phrase)) { words } else { Vec::new() })
    }
}

/// Twenty seconds are kept, 640 KB.
const MOST_SAMPLES: usize = 20 * 16_000;

/// In less than half a second, the pre-roll and the silence at the end among it, nobody says a phrase.
const FEWEST_SAMPLES: usize = 16_000 / 2;

/// Samples that are given at once: 100 ms.
const CHUNK: usize = 1_600;
