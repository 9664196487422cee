//! The models of meaning: where sentences of a language lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use call_model::Language;
use engine_meaning::{MeaningConfig, MeaningError, MeaningModel};
use ivr_flows::SentenceMeaning;

use super::voices::library;
use crate::config::Config;

/// A model for every language that has one; intents of the others are found by words only.
#[derive(Debug, Clone, Default)]
pub struct Meanings(BTreeMap<String, Arc<MeaningModel>>);

impl Meanings {
    /// Loads models, each with its language.
    pub fn load(folders: impl IntoIterator<Item = (String, PathBuf)>, runtime: &Path) -> Result<Self, MeaningError> {
        let load = |(language, folder): (String, PathBuf)| {
            let model = MeaningModel::load(&MeaningConfig { folder, runtime: runtime.to_owned() })?;
            Ok((language, Arc::new(model)))
        };
        folders.into_iter().map(load).collect::<Result<_, MeaningError>>().map(Self)
    }

    /// Loads the models of a configuration.
    pub fn of(config: &Config) -> Result<Self, MeaningError> {
        let folders = config.speech.meaning.iter().map(|(tag, folder)| (tag.clone(), config.path(folder)));
        Self::load(folders, &library(config, &config.speech.onnx_runtime))
    }

    /// Whether no language has a model.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The model of a language.
    pub fn get(&self, language: &Language) -> Option<Arc<dyn SentenceMeaning>> {
        let model = self.0.get(language.as_str())?;
        Some(model.clone())
    }
}
