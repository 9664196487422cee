//! Piper voices on ONNX Runtime behind the interface of tts.
//!
//! # How text becomes sound
//!
//! A sentence is cut into clauses at its punctuation; `espeak-ng`, as a subprocess, turns each into phonemes of the
//! International Phonetic Alphabet; the punctuation goes back between them, since the voice was taught to breathe by it;
//! each phoneme becomes the number that the voice's settings give it; and the voice's network turns the numbers into
//! samples.
//!
//! # Two builds
//!
//! With the feature `onnx` the crate loads ONNX Runtime's library when the first voice is loaded. Without it
//! [`PiperVoice::load`] says how to get it, and another voice can speak.

#![cfg_attr(not(feature = "onnx"), allow(dead_code))]

mod espeak;
mod phonemes;
mod settings;

#[cfg(feature = "onnx")]
mod network;
#[cfg(feature = "onnx")]
mod voice;
#[cfg(not(feature = "onnx"))]
mod without;

use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "onnx")]
pub use voice::PiperVoice;
#[cfg(not(feature = "onnx"))]
pub use without::PiperVoice;

/// Where a voice is and how it speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct PiperConfig {
    /// The folder that holds one `*.onnx` and its `*.onnx.json`.
    pub folder: PathBuf,
    /// ONNX Runtime's library, 1.23 or newer. One for the whole process: the first that is loaded.
    pub runtime: PathBuf,
    /// The program that gives phonemes, by name or path.
    pub espeak: PathBuf,
    /// Threads that one sentence may use. A sentence takes about a seventh of its own length on one.
    pub threads: usize,
    /// How long phonemes last beside what the voice was taught; 1.0 is its own speed, more is slower.
    pub length: f32,
    /// The longest that the phonemes of one sentence may take.
    pub phonemes_limit: Duration,
}

impl Default for PiperConfig {
    /// The voice and library of `make setup`, seen from the repository; one thread, so that calls keep the others.
    fn default() -> Self {
        Self {
            folder: "models/voice-en".into(),
            runtime: ".setup/lib/libonnxruntime.so".into(),
            espeak: "espeak-ng".into(),
            threads: 1,
            length: 1.0,
            phonemes_limit: Duration::from_secs(10),
        }
    }
}
