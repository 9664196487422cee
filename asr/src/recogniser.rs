//! What an engine must be able to do.

use call_model::HeardWord;

use crate::Grammar;

/// A model of one language, loaded once and shared by all recognisers that listen in it.
pub trait Model: Send + Sync {
    /// Whether the model has a pronunciation for a word, lower-case. A phrase with any other word cannot be listened for.
    fn knows(&self, word: &str) -> bool;

    /// The known word nearest to one that is not known, as a suggestion; `None` where the vocabulary cannot be searched.
    fn nearest(&self, word: &str) -> Option<String> {
        let _ = word;
        None
    }

    /// Makes a recogniser for one turn. Every word of the grammar must be known.
    fn listen(&self, grammar: &Grammar) -> Result<Box<dyn Recogniser>, RecogniserError>;

    /// Makes a recogniser for one turn that hears every word of the model. It costs a dozen times more than one with a
    /// grammar.
    fn listen_freely(&self) -> Result<Box<dyn Recogniser>, RecogniserError> {
        Err(RecogniserError::NotMade("this engine hears nothing but phrases".to_owned()))
    }
}

/// Listens for one turn.
pub trait Recogniser: Send {
    /// Takes the next samples at 16 kHz.
    fn push(&mut self, samples_16k: &[i16]) -> Result<(), RecogniserError>;

    /// What has been understood so far, words parted by single spaces; cheap, but not to be asked for every frame.
    fn partial(&mut self) -> Result<String, RecogniserError>;

    /// Ends the turn and gives the words, with times since the first sample pushed. Nothing is pushed afterwards.
    fn finish(&mut self) -> Result<Vec<HeardWord>, RecogniserError>;
}

/// Why an engine failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecogniserError {
    /// No recogniser could be made for a grammar.
    #[error("no recogniser could be made for the grammar: {0}")]
    NotMade(String),
    /// The recogniser failed in the middle of a turn.
    #[error("the recogniser failed while listening: {0}")]
    Failed(String),
}
