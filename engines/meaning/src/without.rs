//! The model of a build without ONNX Runtime: there is none.

use ivr_flows::SentenceMeaning;

use crate::{MeaningConfig, MeaningError};

/// A loaded model. This build leaves ONNX Runtime out, so none can be loaded.
#[derive(Debug)]
pub enum MeaningModel {}

impl MeaningModel {
    /// Says how to get a build that has it.
    ///
    /// # Errors
    ///
    /// Always [`MeaningError::NotBuilt`].
    pub fn load(_config: &MeaningConfig) -> Result<Self, MeaningError> {
        Err(MeaningError::NotBuilt)
    }
}

impl SentenceMeaning for MeaningModel {
    fn vector(&self, _sentence: &str) -> Option<Vec<f32>> {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_the_runtime_says_how_to_get_one_with_it() {
        let error = MeaningModel::load(&MeaningConfig::default()).unwrap_err();
        assert!(error.to_string().contains("--features speech"), "{error}");
    }
}
