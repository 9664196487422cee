//! What a telephone does in a call, step after step.

use std::path::Path;

use serde_json::{Value, json};

use crate::voice::{CALLER, speak};

/// The steps of a call. See `phone/steps.py` for what each does.
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: Vec<Value>,
    voice: Option<String>,
}

impl Script {
    /// No steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this voice from now on.
    pub fn voice(mut self, voice: &str) -> Self {
        self.voice = Some(voice.to_owned());
        self
    }

    /// Waits until the other side has spoken and then been silent for so many milliseconds.
    pub fn quiet(self, ms: u32) -> Self {
        self.step(json!({ "wait": "quiet", "ms": ms, "at_most": 40_000 }))
    }

    /// As [`Script::quiet`], but no longer than so many milliseconds in all.
    pub fn quiet_at_most(self, ms: u32, at_most: u32) -> Self {
        self.step(json!({ "wait": "quiet", "ms": ms, "at_most": at_most }))
    }

    /// Waits until the other side has spoken for so many milliseconds.
    pub fn speech(self, ms: u32) -> Self {
        self.step(json!({ "wait": "speech", "ms": ms, "at_most": 40_000 }))
    }

    /// Waits until nothing is heard for so many milliseconds.
    pub fn silence(self, ms: u32) -> Self {
        self.step(json!({ "wait": "silence", "ms": ms, "at_most": 40_000 }))
    }

    /// Does nothing.
    pub fn pause(self, ms: u32) -> Self {
        self.step(json!({ "pause": ms }))
    }

    /// Speaks.
    pub fn say(self, words: &str) -> Self {
        let file = speak(words, self.voice.as_deref().unwrap_or(CALLER));
        self.play(&file)
    }

    /// Listens until the other side is done, then speaks.
    pub fn answer(self, words: &str) -> Self {
        self.quiet(TURN).say(words)
    }

    /// Plays a file.
    pub fn play(self, file: &Path) -> Self {
        self.step(json!({ "play": file }))
    }

    /// Presses keys.
    pub fn keys(self, keys: &str) -> Self {
        self.step(json!({ "keys": keys }))
    }

    /// Puts the other side on hold, or takes it back.
    pub fn hold(self, hold: bool) -> Self {
        self.step(json!({ "hold": hold }))
    }

    /// Offers other codecs.
    pub fn codecs(self, codecs: &[&str]) -> Self {
        self.step(json!({ "codecs": codecs }))
    }

    /// Tells that it has come so far.
    pub fn note(self, note: &str) -> Self {
        self.step(json!({ "note": note }))
    }

    /// Hangs up.
    pub fn hang_up(self) -> Self {
        self.step(json!({ "hang_up": 0 }))
    }

    fn step(mut self, step: Value) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn steps(&self) -> &[Value] {
        &self.steps
    }
}

/// Milliseconds of silence after which a person begins to speak. Pauses between the sentences of a prompt are shorter.
const TURN: u32 = 900;
