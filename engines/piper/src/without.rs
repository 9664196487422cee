//! The voice of a build without ONNX Runtime: there is none.

use call_model::Language;
use tts::{Speech, Voice, VoiceError};

use crate::PiperConfig;

/// A loaded voice. This build leaves ONNX Runtime out, so none can be loaded.
#[derive(Debug)]
pub enum PiperVoice {}

impl PiperVoice {
    /// Says how to get a build that has the voice.
    ///
    /// # Errors
    ///
    /// Always [`VoiceError::NotBuilt`].
    pub fn load(_config: PiperConfig) -> Result<Self, VoiceError> {
        Err(VoiceError::NotBuilt { engine: "Piper", feature: "onnx" })
    }
}

impl Voice for PiperVoice {
    fn name(&self) -> &str {
        match *self {}
    }

    fn speaks(&self, _language: &Language) -> bool {
        match *self {}
    }

    fn speak(&mut self, _text: &str, _language: &Language) -> Result<Speech, VoiceError> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_the_runtime_says_how_to_get_one_with_it() {
        let error = PiperVoice::load(PiperConfig::default()).unwrap_err();
        assert!(error.to_string().contains("--features onnx"), "{error}");
    }
}
