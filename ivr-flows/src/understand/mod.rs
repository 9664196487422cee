//! What the caller meant, and how certain we are of it.
//!
//! An engine's confidence does not tell right from wrong. Certainty is ours, 0 to 100: how much of a phrase was heard,
//! what else was heard around it, the engine's confidence as a lesser voice, and the distance to the second best.

mod certainty;
mod choices;
mod compare;
mod digits;
mod filling;
mod intents;
mod sounds;
mod values;

#[cfg(test)]
pub(crate) use certainty::decide;
pub(crate) use certainty::{Thresholds, Verdict};
pub(crate) use choices::{Choice, Choices};
pub(crate) use digits::{digit_phrases, spoken_digits};
pub(crate) use filling::{Holds, Pattern, Sentence, SlotView, Spoken, Spotted};
pub(crate) use intents::{Alike, Likeness, MOST_EXAMPLES};
pub use intents::{IntentGuess, IntentModel, SentenceMeaning};
pub(crate) use sounds::sound;
pub(crate) use values::{Found, Part, Refusal, SlotType, Unit};
