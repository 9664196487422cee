//! The phrases that a turn listens for.

use std::collections::BTreeSet;
use std::sync::Arc;

use call_model::ListenRequest;

use crate::vocabulary;

mod again;

pub(crate) use again::holds;

/// The word that recognisers give for speech outside the grammar.
pub const UNKNOWN: &str = "[unk]";

/// Phrases that are safe to hand to an engine: lower-case words of letters, digits, apostrophes and hyphens, parted by
/// single spaces, each phrase once. Cloning is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grammar {
    /// Sorted, so that phrases with one beginning lie side by side.
    phrases: Arc<[String]>,
    /// Those that callers put into sentences of their own, sorted.
    in_sentences: Arc<[String]>,
    /// Words that are easily heard in others, each with the one that it stands for.
    synonyms: Arc<[(String, String)]>,
}

/// How far words have come in a grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// No phrase begins with them.
    None,
    /// Some phrase begins with them and none is them.
    Beginning,
    /// They are a phrase, and a longer phrase begins with them, or it is none that the question is answered with.
    WholeOrBeginning,
    /// They are a phrase, and no longer phrase begins with them.
    Whole,
}

/// Why phrases are no grammar. Tells which phrase, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// There is nothing to listen for.
    #[error("there is no phrase to listen for; give at least one")]
    NoPhrases,
    /// More phrases than one turn can have.
    #[error("{count} phrases are too many for one turn; the most is {MOST_PHRASES}")]
    TooManyPhrases {
        /// How many there were.
        count: usize,
    },
    /// A phrase without a word.
    #[error("phrase {number} is empty; write what the caller would say")]
    Empty {
        /// Its place, from 1.
        number: usize,
    },
    /// A phrase that nobody says in one breath.
    #[error("the phrase \"{phrase}\" is too long; {MOST_WORDS} words and {MOST_LETTERS} letters are the most")]
    TooLong {
        /// The phrase, cut.
        phrase: String,
    },
    /// A character that is no part of a spoken word.
    #[error(
        "the phrase \"{phrase}\" has the character {character:?}, which nobody can say; write words of letters, digits, ' and -"
    )]
    Character {
        /// The phrase.
        phrase: String,
        /// The character.
        character: char,
    },
    /// A word without a letter or digit.
    #[error("the phrase \"{phrase}\" has \"{word}\" standing alone, which nobody can say; remove it")]
    NoLetters {
        /// The phrase.
        phrase: String,
        /// The word.
        word: String,
    },
}

impl Grammar {
    /// Checks phrases, lower-cases them and drops repetitions. Typographic apostrophes become plain ones.
    pub fn new<I>(phrases: I) -> Result<Self, GrammarError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut clean = BTreeSet::new();
        let mut count = 0;
        for phrase in phrases {
            count += 1;
            if count <= MOST_PHRASES {
                clean.insert(cleaned(phrase.as_ref(), count)?);
            }
        }
        match count {
            0 => Err(GrammarError::NoPhrases),
            1..=MOST_PHRASES => Ok(Self::of_phrases(clean.into_iter().collect())),
            count => Err(GrammarError::TooManyPhrases { count }),
        }
    }

    /// The phrases of a request.
    pub fn of(request: &ListenRequest) -> Result<Self, GrammarError> {
        let mut grammar = Self::new(request.phrases.iter())?;
        let first = request.phrases.iter().take(request.in_sentences as usize).enumerate();
        let clean: Result<BTreeSet<String>, GrammarError> =
            first.map(|(index, phrase)| cleaned(phrase, index + 1)).collect();
        grammar.in_sentences = clean?.into_iter().collect();
        let pair = |(word, other): &(String, String)| Ok((cleaned(word, 1)?, cleaned(other, 1)?));
        let pairs: Result<Vec<_>, GrammarError> = request.synonyms.iter().map(pair).collect();
        grammar.synonyms = pairs?.into();
        Ok(grammar)
    }

    /// Sorted phrases and nothing else.
    fn of_phrases(phrases: Arc<[String]>) -> Self {
        Self { phrases, in_sentences: Arc::default(), synonyms: Arc::default() }
    }

    /// The same in words that a model knows: what is written without blanks is cut into the longest of them, and a phrase
    /// with any other word is left out. `None` where no phrase is left.
    pub(crate) fn in_known_words(&self, knows: impl Fn(&str) -> bool) -> Option<Self> {
        let known = |phrase: &String| {
            let words = phrase.split(' ').map(|word| vocabulary::known_words(word, &knows));
            Some(words.collect::<Option<Vec<_>>>()?.concat().join(" "))
        };
        let all = |phrases: &[String]| phrases.iter().filter_map(known).collect::<BTreeSet<_>>().into_iter().collect();
        let (phrases, in_sentences): (Arc<[String]>, _) = (all(&self.phrases), all(&self.in_sentences));
        (!phrases.is_empty()).then(|| Self { phrases, in_sentences, synonyms: self.synonyms.clone() })
    }

    /// The phrases, sorted. The engine adds its [`UNKNOWN`] by itself.
    pub fn phrases(&self) -> &[String] {
        &self.phrases
    }

    /// Those that callers put into sentences of their own, sorted: an engine expects anything else around them.
    pub fn in_sentences(&self) -> &[String] {
        &self.in_sentences
    }

    /// The different words of all phrases, sorted.
    pub fn words(&self) -> BTreeSet<&str> {
        self.phrases.iter().flat_map(|phrase| phrase.split(' ')).collect()
    }

    /// How far words, parted by single spaces, have come.
    ///
    /// Where callers answer in sentences, any other phrase of several words ("hold on") is heard in how some of them begin
    /// ("can I ..."): it is never as good as whole.
    pub fn matched(&self, words: &str) -> Match {
        if words.is_empty() {
            return Match::Beginning;
        }
        let place = self.phrases.partition_point(|phrase| phrase.as_str() < words);
        let is_phrase = self.phrases.get(place).is_some_and(|phrase| phrase == words);
        // In sorted order "a" < "a b" < "a'b" or "a-b" < "ab": all that begins with the words and a space lies together,
        // since a space sorts before every other character that a phrase can have.
        let after = place + usize::from(is_phrase);
        let begins = self
            .phrases
            .get(after)
            .is_some_and(|phrase| phrase.strip_prefix(words).is_some_and(|rest| rest.starts_with(' ')));
        let among = |sorted: &[String]| sorted.binary_search_by(|phrase| phrase.as_str().cmp(words)).is_ok();
        let answers = self.in_sentences.is_empty() || !words.contains(' ') || among(&self.in_sentences);
        match (is_phrase, begins) {
            (false, false) => Match::None,
            (false, true) => Match::Beginning,
            (true, false) if answers => Match::Whole,
            (true, _) => Match::WholeOrBeginning,
        }
    }
}

fn cleaned(phrase: &str, number: usize) -> Result<String, GrammarError> {
    // Bounded before anything is copied or shown.
    if phrase.chars().count() > MOST_LETTERS || phrase.split_whitespace().count() > MOST_WORDS {
        return Err(GrammarError::TooLong { phrase: phrase.chars().take(40).collect::<String>() + "…" });
    }
    let lower = phrase.to_lowercase().replace(['\u{2019}', '\u{02BC}'], "'");
    let mut clean = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if let Some(character) = word.chars().find(|&character| !is_spoken(character)) {
            return Err(GrammarError::Character { phrase: phrase.to_owned(), character });
        }
        if !word.chars().any(char::is_alphanumeric) {
            return Err(GrammarError::NoLetters { phrase: phrase.to_owned(), word: word.to_owned() });
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    if clean.is_empty() { Err(GrammarError::Empty { number }) } else { Ok(clean) }
}

/// Letters and digits of any script, the marks that belong to letters of many scripts, apostrophe and hyphen.
fn is_spoken(character: char) -> bool {
    character.is_alphanumeric() || is_mark(character) || matches!(character, '\'' | '-')
}

/// Combining marks (vowel signs, accents) of the scripts that people speak; std does not tell them from other
/// characters, so the blocks that Unicode gives them are named.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036F}' // Latin, Greek, Cyrillic
        | '\u{0483}'..='\u{0487}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'..='\u{05C2}' // Cyrillic, Hebrew
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' // Arabic
        | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0951}'..='\u{0957}' // Devanagari
        | '\u{0981}'..='\u{0983}' | '\u{09BC}' | '\u{09BE}'..='\u{09CD}' | '\u{0A01}'..='\u{0A03}' // Bengali, Gurmukhi
        | '\u{0A3C}'..='\u{0A4D}' | '\u{0A70}'..='\u{0A71}' | '\u{0A81}'..='\u{0A83}' | '\u{0ABC}'..='\u{0ACD}' // Gujarati
        | '\u{0B82}' | '\u{0BBE}'..='\u{0BCD}' | '\u{0C00}'..='\u{0C04}' | '\u{0C3E}'..='\u{0C4D}' // Tamil, Telugu
        | '\u{0C81}'..='\u{0C83}' | '\u{0CBC}'..='\u{0CCD}' | '\u{0D00}'..='\u{0D03}' | '\u{0D3B}'..='\u{0D4D}' // Kannada, Malayalam
        | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}' // Thai
        | '\u{3099}'..='\u{309A}' // Japanese
    )
}

/// The most phrases of one turn.
const MOST_PHRASES: usize = 6_000;

/// The most words and characters of one phrase.
const MOST_WORDS: usize = 24;
const MOST_LETTERS: usize = 200;
