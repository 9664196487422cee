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
}

impl Default for SpeechConfig {
    fn default() -> Self {
        Self { models: BTreeMap::new(), workers: None, turns_a_worker: default_turns(), voices: BTreeMap::new() }
    }
}

/// A synthetic voice of Piper.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceConfig {
    /// The folder with the voice: one `.onnx` and its `.onnx.json`.
    pub piper: PathBuf,
    /// ONNX Runtime's library. Default `libonnxruntime.so`, where the system finds it.
    #[serde(default = "default_onnx_runtime")]
    pub onnx_runtime: PathBuf,
}

fn default_onnx_runtime() -> PathBuf {
    PathBuf::from("libonnxruntime.so")
}

fn default_turns() -> usize {
    40
}
