//! Recognisers and voices.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// Recognisers and voices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechConfig {
    /// A folder with a Vosk model for each language, such as `en: models/en`. Without one, menus of that language take
    /// keys only.
    #[serde(default)]
    pub models: BTreeMap<String, PathBuf>,
    /// Recogniser processes. Default: one a core.
    #[serde(default)]
    pub workers: Option<usize>,
    /// Callers that one process listens to at once; more get keys only. Default 40.
    #[serde(default = "default_turns")]
    pub turns_a_worker: usize,
    /// A voice for each language. Default: eSpeak NG for all.
    #[serde(default)]
    pub voices: BTreeMap<String, VoiceConfig>,
    /// A folder with a model of meaning for each language, such as `en: models/meaning-en`. Without one, intents of that
    /// language are found by words only.
    #[serde(default)]
    pub meaning: BTreeMap<String, PathBuf>,
    /// The folder of recorded voices, which are heard in place of the synthetic ones. Default `recorded-voices`.
    #[serde(default = "default_recorded")]
    pub recorded: PathBuf,
    /// ONNX Runtime's library, for models of meaning and for the voices that name none. Default `libonnxruntime.so`, where
    /// the system finds it.
    #[serde(default = "default_onnx_runtime")]
    pub onnx_runtime: PathBuf,
}

impl Default for SpeechConfig {
    fn default() -> Self {
        Self {
            models: BTreeMap::new(),
            workers: None,
            turns_a_worker: default_turns(),
            voices: BTreeMap::new(),
            meaning: BTreeMap::new(),
            recorded: default_recorded(),
            onnx_runtime: default_onnx_runtime(),
        }
    }
}

/// A synthetic voice of Piper.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceConfig {
    /// The folder with the voice: one `.onnx` and its `.onnx.json`.
    pub piper: PathBuf,
    /// ONNX Runtime's library. Default: `speech.onnx_runtime`.
    #[serde(default)]
    pub onnx_runtime: Option<PathBuf>,
}

fn default_recorded() -> PathBuf {
    PathBuf::from("recorded-voices")
}

fn default_onnx_runtime() -> PathBuf {
    PathBuf::from("libonnxruntime.so")
}

fn default_turns() -> usize {
    40
}
