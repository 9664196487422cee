//! Sentence-embedding models on ONNX Runtime behind the interface of ivr-flows.
//!
//! # What a model is
//!
//! A folder with a network of the BERT family, `model.onnx`, and its `tokenizer.json`, as they are published for
//! sentence-transformers: "all-MiniLM-L6-v2" for English, others for other languages. A sentence is cut into tokens, the
//! network gives a vector for each, and their mean, brought to length 1, is where the sentence lies.
//!
//! # The same vector every time
//!
//! One thread, one sentence a run: a quantised network scales by the largest value of all that is run together, so that a
//! sentence in a batch would get another vector than by itself.
//!
//! # Two builds
//!
//! With the feature `onnx` the crate loads ONNX Runtime's library when the first model is loaded. Without it
//! [`MeaningModel::load`] says how to get it, and intents are found by words.

#![cfg_attr(not(feature = "onnx"), allow(dead_code))]

#[cfg(feature = "onnx")]
mod model;
#[cfg(feature = "onnx")]
mod remembered;
mod tokens;
#[cfg(not(feature = "onnx"))]
mod without;

use std::path::PathBuf;

use thiserror::Error;

#[cfg(feature = "onnx")]
pub use model::MeaningModel;
#[cfg(not(feature = "onnx"))]
pub use without::MeaningModel;

/// Where a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeaningConfig {
    /// The folder that holds `model.onnx` and `tokenizer.json`.
    pub folder: PathBuf,
    /// ONNX Runtime's library, 1.23 or newer. One for the whole process: the first that is loaded.
    pub runtime: PathBuf,
}

impl Default for MeaningConfig {
    /// The English model and the library of `make setup`, seen from the repository.
    fn default() -> Self {
        Self { folder: "models/meaning-en".into(), runtime: ".setup/lib/libonnxruntime.so".into() }
    }
}

/// Why a model cannot be used.
#[derive(Debug, Error)]
pub enum MeaningError {
    /// This build leaves ONNX Runtime out.
    #[error("this build of Callwright finds no meanings; build it with `--features speech`")]
    NotBuilt,
    /// A file is missing, or is not what its name says.
    #[error(
        "the model of meaning cannot be used: {path}: {why}. Run `make setup`, or set the path under `speech.meaning`"
    )]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The model gave no vector for a sentence.
    #[error("the model of meaning failed: {0}")]
    Failed(String),
}
