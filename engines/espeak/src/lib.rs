//! eSpeak NG as a subprocess behind the interface of tts.
//!
//! A voice for a hundred languages that is always at hand: Debian brings the program, which is started once a sentence,
//! gets the text on its standard input and gives a WAV file on its standard output. Nothing of it is linked; its licence
//! (GPL) stays with it.

mod languages;
mod process;
mod voice;

pub use voice::{EspeakConfig, EspeakVoice};
