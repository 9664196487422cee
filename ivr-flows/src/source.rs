//! Where the files of a flow come from.

use std::collections::BTreeMap;
use std::sync::Arc;

use call_model::Language;

use crate::understand::SentenceMeaning;

/// The files around a flow: its YAML, the services it names and the recordings it plays.
///
/// Paths are relative to the folder of the root file, with `/` between their parts. The flow never reaches outside of
/// that folder, so an implementation need not guard against `..`.
pub trait FileSource {
    /// The text of a file. `None` when it is not there or is not UTF-8.
    fn read(&self, path: &str) -> Option<String>;

    /// Whether there is such a file, whatever is in it.
    fn exists(&self, path: &str) -> bool;
}

/// Files that are held in memory: an upload, a test.
#[derive(Debug, Clone, Default)]
pub struct FilesInMemory(BTreeMap<String, String>);

impl FilesInMemory {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }
}

impl FileSource for FilesInMemory {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }

    fn exists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

/// The words that the recogniser's models know.
pub trait Vocabulary {
    /// Whether there is a model for the language at all.
    fn speaks(&self, language: &Language) -> bool;

    /// Whether the language's model knows a word (lower-case).
    fn knows(&self, language: &Language, word: &str) -> bool;

    /// The known word that looks most like an unknown one.
    fn nearest(&self, language: &Language, word: &str) -> Option<String>;

    /// What gives sentences of the language places by their meaning, where there is a model for it. It is asked once a
    /// flow; intents are then found by meaning as well as by words.
    fn meaning(&self, language: &Language) -> Option<Arc<dyn SentenceMeaning>> {
        let _ = language;
        None
    }
}

/// One text file as it was read.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// The path, as diagnostics show it.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
}

/// Whether a path stays inside the flow's folder.
pub(crate) fn stays_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.contains('\\')
        && !path.contains(':')
        && path.split('/').all(|part| !part.is_empty() && part != "..")
}
