//! The speech synthesis interface, text made ready to be spoken, and the keys of synthesised prompts.
//!
//! # From words to sound
//!
//! A flow says `You owe $42.50 by 2026-12-01.` [`spoken::speakable`] turns figures into words in the listener's
//! language, [`sentences::sentences`] cuts the result so that the first sentence is heard while the next is being
//! made, and a [`Voice`] speaks each. What was spoken is kept under its [`PromptKey`], so that the same sentence in the
//! same voice is made once.
//!
//! # What is pure here
//!
//! Everything. Engines (Piper, eSpeak NG) implement [`Voice`] in crates of their own; this one opens no file and starts
//! no program.

pub mod sentences;
pub mod spoken;

mod key;
mod voice;

pub use key::PromptKey;
pub use voice::{Speech, Voice, VoiceError};
