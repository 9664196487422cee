//! Networks in ONNX files on ONNX Runtime, loaded in one place for the whole process.
//!
//! Voices and models of meaning are networks. ONNX Runtime can be in a process only once, so whoever loads a [`Network`]
//! first decides which library it is; for all who come after, the library that they name is not looked at.
//!
//! The crate builds without the library: `make setup` brings it, and it is looked for when the first network is loaded.

mod library;
mod network;

use std::path::PathBuf;

use thiserror::Error;

pub use network::{Input, Network, Output, Settings};

/// Why a network gives nothing.
#[derive(Debug, Error)]
pub enum OnnxError {
    /// ONNX Runtime is not there, or is too old.
    #[error("ONNX Runtime in {path} cannot be used: {why}")]
    Library {
        /// The library.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file is not a network, or not one that this runtime can run.
    #[error("the network {path} cannot be used: {why}")]
    Network {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A loaded network did not compute.
    #[error("the network failed: {0}")]
    Run(String),
}
