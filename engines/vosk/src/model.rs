//! A loaded model.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use asr::{Grammar, Model, Recogniser, RecogniserError, UNKNOWN};

use crate::recogniser::{Hearing, VoskRecogniser};
use crate::twins::Twins;
use crate::{LoadError, RATE, band, folder, symbols};

/// A loaded model. Loading takes 0.3 to 3 s and some hundred megabytes; recognisers share it and keep it alive.
pub struct VoskModel {
    folder: PathBuf,
    /// Looking up a word takes the model for itself; making a recogniser is short enough to wait for. Decoding waits for
    /// neither.
    model: Mutex<vosk::Model>,
    words: OnceLock<Option<Vec<Box<str>>>>,
    /// The model's own word for what it does not know; some have none.
    unknown: Option<&'static str>,
    /// Whether the band above a telephone's is filled.
    fills_band: bool,
}

impl VoskModel {
    /// Loads the model of a folder.
    ///
    /// # Errors
    ///
    /// The folder is no model, is damaged, or cannot be told what to listen for; see [`LoadError`].
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        folder::check(folder)?;
        // Its progress is of no interest; what it says of errors goes to standard error.
        vosk::set_log_level(vosk::LogLevel::Error);
        let refused = || LoadError::Refused { folder: folder.to_owned() };
        let path = folder.to_str().ok_or_else(refused)?;
        let mut model = vosk::Model::new(path).ok_or_else(refused)?;
        // A word that a model lacks is left out of a grammar with a line on standard error, turn by turn.
        let unknown = UNKNOWNS.into_iter().find(|word| model.find_word(word).is_some_and(|symbol| symbol > 0));
        Ok(Self {
            folder: folder.to_owned(),
            model: Mutex::new(model),
            words: OnceLock::new(),
            unknown,
            fills_band: band::is_missed(folder),
        })
    }

    /// How many words the model knows, where that can be told.
    pub fn vocabulary_size(&self) -> Option<usize> {
        self.words().map(<[_]>::len)
    }

    fn model(&self) -> MutexGuard<'_, vosk::Model> {
        // Nothing of ours is half done inside the lock, so a panic elsewhere does not spoil it.
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vocabulary, read when it is first asked for.
    fn words(&self) -> Option<&[Box<str>]> {
        self.words.get_or_init(|| symbols::words(&self.folder)).as_deref()
    }

    fn hearing(&self, twins: Twins) -> Hearing {
        Hearing { twins, unknown: self.unknown, fills_band: self.fills_band }
    }

    /// The first word that has no pronunciation, in words that tell what to do.
    fn stranger(&self, grammar: &Grammar) -> Option<String> {
        let word = grammar.words().into_iter().find(|word| !self.knows(word))?;
        let phrase = grammar.phrases().iter().find(|phrase| phrase.split(' ').any(|other| other == word))?;
        let advice = match self.nearest(word) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "say it with other words".to_owned(),
        };
        Some(format!("the model does not know the word \"{word}\" of the phrase \"{phrase}\"; {advice}"))
    }
}

impl Model for VoskModel {
    fn knows(&self, word: &str) -> bool {
        // Symbol 0 is the empty one; marks such as "#0" or "!SIL" are in the table but cannot be said.
        symbols::is_word(word) && self.model().find_word(word).is_some_and(|symbol| symbol > 0)
    }

    fn nearest(&self, word: &str) -> Option<String> {
        let words = self.words()?.iter().map(AsRef::as_ref);
        asr::vocabulary::nearest(word, words).map(str::to_owned)
    }

    fn listen(&self, grammar: &Grammar) -> Result<Box<dyn Recogniser>, RecogniserError> {
        if let Some(why) = self.stranger(grammar) {
            return Err(RecogniserError::NotMade(why));
        }
        let mut phrases: Vec<&str> = grammar.phrases().iter().map(String::as_str).collect();
        let twins = Twins::of(grammar, |word| self.knows(word));
        let added = twins.phrases(grammar);
        phrases.extend(added.iter().map(String::as_str));
        // Where a grammar knows its phrases only by themselves, a sentence around one, or noise, is unknown from end to end.
        let within: Vec<String> = match self.unknown {
            Some(unknown) => grammar.in_sentences().iter().map(|p| format!("{unknown} {p} {unknown}")).collect(),
            None => Vec::new(),
        };
        phrases.extend(within.iter().map(String::as_str));
        phrases.extend(self.unknown);
        let recogniser = vosk::Recognizer::new_with_grammar(&self.model(), RATE as f32, &phrases)
            .ok_or_else(|| RecogniserError::NotMade("libvosk refused the grammar".to_owned()))?;
        Ok(Box::new(VoskRecogniser::new(recogniser, self.hearing(twins))))
    }

    fn listen_freely(&self) -> Result<Box<dyn Recogniser>, RecogniserError> {
        let recogniser = vosk::Recognizer::new(&self.model(), RATE as f32)
            .ok_or_else(|| RecogniserError::NotMade("libvosk made no recogniser".to_owned()))?;
        Ok(Box::new(VoskRecogniser::new(recogniser, self.hearing(Twins::default()))))
    }
}

/// What models call what they do not know.
const UNKNOWNS: [&str; 3] = [UNKNOWN, "<UNK>", "<unk>"];

impl fmt::Debug for VoskModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoskModel").field("folder", &self.folder).finish_non_exhaustive()
    }
}
