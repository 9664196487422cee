//! A voice's network on ONNX Runtime.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;
use tts::VoiceError;

use crate::PiperConfig;
use crate::settings::Settings;

/// The runtime's environment: there can be one in a process.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// A loaded network.
pub(crate) struct Network {
    session: Session,
    many_speakers: bool,
}

impl Network {
    /// Loads a network file; the first call of a process loads the runtime's library.
    pub fn load(file: &Path, settings: &Settings, config: &PiperConfig) -> Result<Self, VoiceError> {
        let unusable = |why: String| VoiceError::ModelUnusable { path: file.to_owned(), why };
        let environment = environment(&config.runtime)?;
        let session = Session::builder(&environment)
            .map_err(|error| unusable(error.to_string()))?
            .with_intra_threads(config.threads.max(1))
            .map_err(|error| unusable(error.to_string()))?
            .with_inter_threads(1)
            .map_err(|error| unusable(error.to_string()))?
            .commit_from_file(file)
            .map_err(|error| unusable(error.to_string()))?;
        let has = |name: &str| session.inputs().iter().any(|input| input.name() == name);
        for name in ["input", "input_lengths", "scales"] {
            if !has(name) {
                return Err(unusable(format!("it is no Piper voice: its network has no input \"{name}\"")));
            }
        }
        let many_speakers = settings.num_speakers > 1 && has("sid");
        Ok(Self { session, many_speakers })
    }

    /// The samples of a sentence, from -1 to 1 or a little beyond. `scales` are noise, length and noise of lengths.
    pub fn speak(&mut self, numbers: Vec<i64>, scales: [f32; 3]) -> Result<Vec<f32>, ort::Error> {
        let count = numbers.len() as i64;
        let mut inputs = ort::inputs![
            "input" => Tensor::from_array(([1, count], numbers))?,
            "input_lengths" => Tensor::from_array(([1], vec![count]))?,
            "scales" => Tensor::from_array(([3], scales.to_vec()))?,
        ];
        if self.many_speakers {
            inputs.push(("sid".into(), Tensor::from_array(([1], vec![0_i64]))?.into()));
        }
        let outputs = self.session.run(inputs)?;
        let (_, samples) = outputs[0].try_extract_tensor::<f32>()?;
        Ok(samples.to_vec())
    }
}

fn environment(library: &Path) -> Result<Environment, VoiceError> {
    let unusable = |why: String| VoiceError::ModelUnusable { path: library.to_owned(), why };
    // What is inside is whole or absent, so a panic elsewhere does not spoil it.
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*environment {
        return Ok(environment.clone());
    }
    if !library.is_file() {
        return Err(unusable("ONNX Runtime's library is not there".to_owned()));
    }
    // A relative path would be looked for beside the running program.
    let path = std::path::absolute(library).map_err(|error| unusable(error.to_string()))?;
    let builder = ort::init_from(&path).map_err(|error| unusable(error.to_string()))?;
    let made = builder.with_name("callwright").with_telemetry(false).build();
    let made = made.map_err(|error| unusable(error.to_string()))?;
    *environment = Some(made.clone());
    Ok(made)
}
