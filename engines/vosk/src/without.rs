//! The model of a build without libvosk: there is none.

use std::path::Path;

use asr::{Grammar, Model, Recogniser, RecogniserError};

use crate::LoadError;

/// A loaded model. This build leaves Vosk out, so none can be loaded.
#[derive(Debug)]
pub enum VoskModel {}

impl VoskModel {
    /// Says how to get a build that listens.
    ///
    /// # Errors
    ///
    /// Always [`LoadError::NotBuilt`].
    pub fn load(_folder: &Path) -> Result<Self, LoadError> {
        Err(LoadError::NotBuilt)
    }

    /// How many words the model knows, where that can be told.
    pub fn vocabulary_size(&self) -> Option<usize> {
        match *self {}
    }
}

impl Model for VoskModel {
    fn knows(&self, _word: &str) -> bool {
        match *self {}
    }

    fn listen(&self, _grammar: &Grammar) -> Result<Box<dyn Recogniser>, RecogniserError> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_the_library_says_how_to_get_one_with_it() {
        let error = VoskModel::load(Path::new("models/en")).unwrap_err();
        assert!(error.to_string().contains("make setup"), "{error}");
    }
}
