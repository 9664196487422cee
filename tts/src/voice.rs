//! What a synthetic voice is to the rest of Callwright.

use std::path::PathBuf;
use std::time::Duration;

use call_model::Language;
use thiserror::Error;

/// A synthetic voice. It is slow (a tenth of real time or so) and may wait for a process: call it on a thread of its own.
pub trait Voice {
    /// A name that changes whenever the sound would: engine, model and speed. Part of every
    /// [`PromptKey`](crate::PromptKey).
    fn name(&self) -> &str;

    /// Whether the voice can speak this language at all.
    fn speaks(&self, language: &Language) -> bool;

    /// Speaks a sentence whose figures are words already ([`spoken::speakable`](crate::spoken::speakable)).
    ///
    /// # Errors
    ///
    /// See [`VoiceError`]. The voice can be used again after any of them.
    fn speak(&mut self, text: &str, language: &Language) -> Result<Speech, VoiceError>;
}

/// Spoken text: one channel, at the engine's own rate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Speech {
    /// The samples, 16-bit linear.
    pub samples: Vec<i16>,
    /// Samples a second.
    pub rate: u32,
}

impl Speech {
    /// How long it takes to hear.
    pub fn duration(&self) -> Duration {
        match self.rate {
            0 => Duration::ZERO,
            rate => Duration::from_micros(self.samples.len() as u64 * 1_000_000 / u64::from(rate)),
        }
    }
}

/// Why a voice did not speak.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// A program that the voice needs is not on this machine.
    #[error("`{program}` cannot be started: {why}. Install it (Debian: apt-get install {package})")]
    ProgramMissing {
        /// The program.
        program: String,
        /// The operating system's answer.
        why: String,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// This build leaves the engine out.
    #[error("this build of Callwright has no {engine} voice; build it with `--features {feature}`")]
    NotBuilt {
        /// The engine.
        engine: &'static str,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// A model or library file is missing or unusable.
    #[error(
        "the voice in {path} cannot be used: {why}. Run `make setup`, or set the voice's path in the configuration"
    )]
    ModelUnusable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The voice does not speak the language.
    #[error("the voice {voice} does not speak `{language}`; configure a voice for this language")]
    UnknownLanguage {
        /// The voice.
        voice: String,
        /// The language asked for.
        language: Language,
    },
    /// The text is longer than one synthesis may be.
    #[error(
        "a text of {characters} characters is too long to be spoken at once (limit {limit}); split it into sentences"
    )]
    TextTooLong {
        /// Its length.
        characters: usize,
        /// The limit.
        limit: usize,
    },
    /// The engine did not end in time and was stopped.
    #[error("the voice {voice} did not end within {limit:?} and was stopped")]
    TimedOut {
        /// The voice.
        voice: String,
        /// The time it had.
        limit: Duration,
    },
    /// The engine gave up or gave nonsense.
    #[error("the voice {voice} failed: {why}")]
    Failed {
        /// The voice.
        voice: String,
        /// What the engine said.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_duration_follows_from_samples_and_rate() {
        let speech = Speech { samples: vec![0; 11_025], rate: 22_050 };
        assert_eq!(speech.duration(), Duration::from_millis(500));
        assert_eq!(Speech::default().duration(), Duration::ZERO);
    }
}
