//! What we say and what we hear, without the engines that do it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A language by its BCP 47 tag, such as `en` or `zh`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(Arc<str>);

impl Language {
    /// Wraps a tag.
    pub fn new(tag: &str) -> Self {
        Self(tag.into())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something to be heard, part by part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Prompt {
    /// The parts in order.
    pub parts: Vec<PromptPart>,
}

/// One part of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptPart {
    /// A recorded file, by the path that the flow names, relative to the flow's folder.
    Audio(String),
    /// A sentence for the synthetic voice. `fixed` sentences are synthesised when the flow is loaded.
    Say {
        /// The words, ready to be spoken.
        text: String,
        /// The language of the words.
        language: Language,
        /// Whether the words are known when the flow is loaded.
        fixed: bool,
    },
    /// Nothing, for this many milliseconds.
    Silence(u32),
}

impl Prompt {
    /// The words of the prompt as a transcript shows them; recorded files by name in brackets.
    pub fn transcript(&self) -> String {
        let mut words = Vec::new();
        for part in &self.parts {
            match part {
                PromptPart::Audio(file) => words.push(format!("[{file}]")),
                PromptPart::Say { text, .. } => words.push(text.clone()),
                PromptPart::Silence(_) => {}
            }
        }
        words.join(" ")
    }
}

/// What to listen for in one turn.
///
/// A turn lives from the order to listen until its closing fact. Speech before the prompt has ended counts (barge-in).
/// The no-input clock is the flow's: it begins when the prompt has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenRequest {
    /// The language of the caller.
    pub language: Language,
    /// The phrases of the grammar, lower-case, each word in the vocabulary of the language's model. The recogniser adds
    /// its "anything else" by itself. Shared: one list a node, however many calls are in it.
    pub phrases: Arc<[String]>,
    /// How many of the phrases, from the first on, callers put into sentences of their own ("could you tell me *what I
    /// owe*, please"): anything else is expected around them.
    pub in_sentences: u32,
    /// Words that mean the same as others and are easily heard in more, each with the other: "oh", which is heard in "four",
    /// with "zero". Where one was heard, the turn is heard once more with the others in their place.
    pub synonyms: Arc<[(String, String)]>,
    /// Whether the turn is also to be understood without the phrases, word for word. It costs a dozen times more, so it is
    /// admitted on its own: a turn that asks for it may be refused where one that does not would be listened to.
    pub free: bool,
    /// Silence that ends a turn which already is a whole phrase that no longer phrase begins with; `None`: silence as
    /// after anything else.
    pub phrase_silence: Option<Duration>,
    /// Silence after speech that ends the turn.
    pub end_silence: Duration,
    /// The longest speech of one turn.
    pub max_speech: Duration,
}

/// How a listening turn ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListenEnd {
    /// Silence after speech.
    EndOfSpeech,
    /// The partial result was a whole phrase that no longer phrase begins with.
    WholePhrase,
    /// The speech was longer than allowed.
    TooLong,
}

/// What a recogniser heard in one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The words of the grammar's answer; `[unk]` stands for anything else. Empty when nothing was made out.
    pub text: String,
    /// The same, word by word.
    pub words: Vec<HeardWord>,
    /// The words of a second listening, for a few phrases only, where the first had made no phrase out, or a short one among
    /// other words; empty when the second made none of the few out. `None` where it was listened to once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Vec<HeardWord>>,
    /// The words of a second listening without the request's synonyms, where the first had made one out; empty when the
    /// second made nothing out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_synonyms: Option<Vec<HeardWord>>,
    /// What was understood without the phrases, words parted by single blanks; empty when nothing was. `None` where it was
    /// not asked for, or where the recogniser that was to do it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<String>,
    /// Length of the speech in milliseconds.
    pub speech_ms: u32,
    /// How the turn ended.
    pub end: ListenEnd,
}

impl Heard {
    /// The words in which most was made out, parted by single blanks.
    pub fn said(&self) -> Cow<'_, str> {
        match self.again.as_deref() {
            None | Some([]) => Cow::Borrowed(&self.text),
            Some(again) => Cow::Owned(HeardWord::joined(again)),
        }
    }

    /// The same turn as it was heard without the synonyms, where it was.
    pub fn heard_without_synonyms(&self) -> Option<Self> {
        let words = self.without_synonyms.clone()?;
        let text = HeardWord::joined(&words);
        Some(Self { text, words, again: None, without_synonyms: None, free: None, ..*self })
    }
}

/// One recognised word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeardWord {
    /// The word, lower-case, or `[unk]`.
    pub word: String,
    /// The engine's own confidence, 0 to 1. It does not tell right from wrong by itself.
    pub confidence: f32,
    /// Milliseconds since the turn began.
    pub start_ms: u32,
    /// Milliseconds since the turn began.
    pub end_ms: u32,
}

impl HeardWord {
    /// Words parted by single blanks.
    pub fn joined(words: &[Self]) -> String {
        words.iter().map(|word| word.word.as_str()).collect::<Vec<_>>().join(" ")
    }
}
