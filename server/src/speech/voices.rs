//! The synthetic voices of the configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use call_model::Language;
use engine_espeak::{EspeakConfig, EspeakVoice};
use engine_piper::{PiperConfig, PiperVoice};
use tts::{Voice, VoiceError};

use crate::config::Config;

/// A voice for every language that the configuration names; eSpeak NG speaks the others.
pub struct Voices {
    named: BTreeMap<String, Box<dyn Voice + Send>>,
    other: EspeakVoice,
}

/// Makes the voices; loading a Piper voice takes some seconds.
pub fn voices(config: &Config) -> Result<Voices, VoiceError> {
    let mut named: BTreeMap<String, Box<dyn Voice + Send>> = BTreeMap::new();
    for (language, voice) in &config.speech.voices {
        let piper = PiperConfig {
            folder: config.path(&voice.piper),
            runtime: library(config, voice.onnx_runtime.as_deref().unwrap_or(&config.speech.onnx_runtime)),
            ..PiperConfig::default()
        };
        named.insert(language.clone(), Box::new(PiperVoice::load(piper)?));
    }
    Ok(Voices { named, other: EspeakVoice::new(EspeakConfig::default())? })
}

/// A bare name is looked up by the system, a path belongs to the configuration's folder.
pub(super) fn library(config: &Config, path: &Path) -> PathBuf {
    if path.components().count() == 1 { path.to_owned() } else { config.path(path) }
}

impl Voices {
    /// The voice that speaks a language.
    pub fn of(&mut self, language: &Language) -> &mut dyn Voice {
        match self.named.get_mut(language.as_str()) {
            Some(voice) => voice.as_mut(),
            None => &mut self.other,
        }
    }

    /// The name of the voice that speaks a language: a part of the keys of its prompts.
    pub fn name_of(&self, language: &Language) -> String {
        match self.named.get(language.as_str()) {
            Some(voice) => voice.name().to_owned(),
            None => self.other.name().to_owned(),
        }
    }
}

/// Lets the calling thread (or the process, before it has others) give way to the media threads.
#[allow(unsafe_code, reason = "setpriority has no safe wrapper in std")]
pub(super) fn be_nice() {
    // SAFETY: setpriority takes plain integers; 0 names the calling thread on Linux.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

const NICE: i32 = 10;
