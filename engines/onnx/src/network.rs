//! One network.

use std::path::Path;

use ort::session::Session;
use ort::session::SessionInputValue;
use ort::value::Tensor;

use crate::OnnxError;
use crate::library::environment;

/// How a network is run.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'p> {
    /// ONNX Runtime's library, 1.23 or newer: a file, or a bare name, which the system looks up.
    pub library: &'p Path,
    /// Threads that one run may use. With one, the same input gives the same output to the last bit.
    pub threads: usize,
}

/// A loaded network.
#[derive(Debug)]
pub struct Network {
    session: Session,
}

/// A tensor that goes in.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Whole numbers, in rows of the last dimension.
    Integers {
        /// The length of each dimension.
        shape: Vec<usize>,
        /// As many as the dimensions multiply to.
        values: Vec<i64>,
    },
    /// Real numbers, likewise.
    Reals {
        /// The length of each dimension.
        shape: Vec<usize>,
        /// As many as the dimensions multiply to.
        values: Vec<f32>,
    },
}

/// A tensor that comes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The length of each dimension.
    pub shape: Vec<usize>,
    /// As many as the dimensions multiply to, in rows of the last one.
    pub values: Vec<f32>,
}

impl Network {
    /// Loads a network's file; the first call of a process loads the runtime's library.
    ///
    /// # Errors
    ///
    /// [`OnnxError::Library`] and [`OnnxError::Network`].
    pub fn load(file: &Path, settings: Settings<'_>) -> Result<Self, OnnxError> {
        let environment = environment(settings.library)?;
        let unusable = |why: String| OnnxError::Network { path: file.to_owned(), why };
        let session = Session::builder(&environment)
            .map_err(|error| unusable(error.to_string()))?
            .with_intra_threads(settings.threads.max(1))
            .map_err(|error| unusable(error.to_string()))?
            .with_inter_threads(1)
            .map_err(|error| unusable(error.to_string()))?
            .commit_from_file(file)
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Self { session })
    }

    /// Whether the network takes an input of this name.
    pub fn takes(&self, name: &str) -> bool {
        self.session.inputs().iter().any(|input| input.name() == name)
    }

    /// Runs the network on its inputs, and gives its first output.
    ///
    /// # Errors
    ///
    /// [`OnnxError::Run`] when an input is missing or has another shape than the network takes, or the output is not of
    /// real numbers.
    pub fn run(&mut self, inputs: Vec<(&'static str, Input)>) -> Result<Output, OnnxError> {
        let failed = |error: ort::Error| OnnxError::Run(error.to_string());
        let mut values: Vec<(&'static str, SessionInputValue<'static>)> = Vec::with_capacity(inputs.len());
        for (name, input) in inputs {
            values.push((name, input.into_value().map_err(failed)?));
        }
        let outputs = self.session.run(values).map_err(failed)?;
        let first = outputs.values().next().ok_or_else(|| OnnxError::Run("it has no output".to_owned()))?;
        let (shape, values) = first.try_extract_tensor::<f32>().map_err(failed)?;
        let shape = shape.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
        Ok(Output { shape, values: values.to_vec() })
    }
}

impl Input {
    fn into_value(self) -> Result<SessionInputValue<'static>, ort::Error> {
        Ok(match self {
            Self::Integers { shape, values } => Tensor::from_array((shape, values))?.into(),
            Self::Reals { shape, values } => Tensor::from_array((shape, values))?.into(),
        })
    }
}
