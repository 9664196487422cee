//! A voice's network.

use std::path::Path;

use onnx_runtime::{Input, OnnxError};
use tts::VoiceError;

use crate::PiperConfig;
use crate::settings::Settings;

/// A loaded network.
pub(crate) struct Network {
    network: onnx_runtime::Network,
    many_speakers: bool,
}

impl Network {
    /// Loads a network file; the first call of a process loads the runtime's library.
    pub fn load(file: &Path, settings: &Settings, config: &PiperConfig) -> Result<Self, VoiceError> {
        let how = onnx_runtime::Settings { library: &config.runtime, threads: config.threads };
        let network = onnx_runtime::Network::load(file, how).map_err(|error| match error {
            OnnxError::Library { path, why } => VoiceError::ModelUnusable { path, why: format!("ONNX Runtime: {why}") },
            OnnxError::Network { path, why } => VoiceError::ModelUnusable { path, why },
            OnnxError::Run(why) => VoiceError::ModelUnusable { path: file.to_owned(), why },
        })?;
        for name in ["input", "input_lengths", "scales"] {
            if !network.takes(name) {
                let why = format!("it is no Piper voice: its network has no input \"{name}\"");
                return Err(VoiceError::ModelUnusable { path: file.to_owned(), why });
            }
        }
        let many_speakers = settings.num_speakers > 1 && network.takes("sid");
        Ok(Self { network, many_speakers })
    }

    /// The samples of a sentence, from -1 to 1 or a little beyond. `scales` are noise, length and noise of lengths.
    pub fn speak(&mut self, numbers: Vec<i64>, scales: [f32; 3]) -> Result<Vec<f32>, OnnxError> {
        let count = numbers.len();
        let length = i64::try_from(count).unwrap_or(i64::MAX);
        let mut inputs = vec![
            ("input", Input::Integers { shape: vec![1, count], values: numbers }),
            ("input_lengths", Input::Integers { shape: vec![1], values: vec![length] }),
            ("scales", Input::Reals { shape: vec![3], values: scales.to_vec() }),
        ];
        if self.many_speakers {
            inputs.push(("sid", Input::Integers { shape: vec![1], values: vec![0] }));
        }
        Ok(self.network.run(inputs)?.values)
    }
}
