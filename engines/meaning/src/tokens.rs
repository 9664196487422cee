//! A sentence as the numbers of its tokens: WordPiece, as models of the BERT family were taught with.
//!
//! `tokenizer.json` brings the vocabulary and says whether letters are made small and lose their accents. A word that is
//! not in the vocabulary is cut into the longest pieces that are; one that has a piece that is not is unknown as a whole.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::MeaningError;

/// A tokeniser.
#[derive(Debug)]
pub(crate) struct Tokens {
    vocabulary: HashMap<String, i64>,
    /// What stands before a piece that begins no word.
    inside: String,
    longest_word: usize,
    small: bool,
    without_accents: bool,
    begin: i64,
    end: i64,
    unknown: i64,
}

/// What is read of `tokenizer.json`.
#[derive(Deserialize)]
struct File {
    normalizer: Option<Normalizer>,
    model: Model,
}

#[derive(Default, Deserialize)]
struct Normalizer {
    #[serde(default)]
    lowercase: bool,
    /// As `lowercase` says, where it is not told.
    #[serde(default)]
    strip_accents: Option<bool>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default = "unknown")]
    unk_token: String,
    #[serde(default = "inside")]
    continuing_subword_prefix: String,
    #[serde(default = "longest_word")]
    max_input_chars_per_word: usize,
    /// Not a table in other kinds.
    vocab: serde_json::Value,
}

impl Tokens {
    /// Reads `tokenizer.json`.
    ///
    /// # Errors
    /// [`MeaningError::Unusable`].
    pub(crate) fn read(file: &Path) -> Result<Self, MeaningError> {
        let unusable = |why: String| MeaningError::Unusable { path: file.to_owned(), why };
        let text = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
        let read: File = serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        Self::new(read).map_err(unusable)
    }

    fn new(file: File) -> Result<Self, String> {
        let File { normalizer, model } = file;
        if model.kind != "WordPiece" {
            return Err(format!("its tokens are of the kind {:?}; only WordPiece is understood", model.kind));
        }
        let vocabulary: HashMap<String, i64> =
            serde_json::from_value(model.vocab).map_err(|error| format!("its vocabulary: {error}"))?;
        let token = |name: &str| vocabulary.get(name).copied().ok_or_else(|| format!("its vocabulary has no {name}"));
        let (begin, end, unknown) = (token("[CLS]")?, token("[SEP]")?, token(&model.unk_token)?);
        let normalizer = normalizer.unwrap_or_default();
        Ok(Self {
            inside: model.continuing_subword_prefix,
            longest_word: model.max_input_chars_per_word,
            small: normalizer.lowercase,
            without_accents: normalizer.strip_accents.unwrap_or(normalizer.lowercase),
            vocabulary,
            begin,
            end,
            unknown,
        })
    }

    /// The numbers of a sentence's tokens, with the marks of its begin and end; of what is too long only the begin.
    pub(crate) fn of(&self, sentence: &str) -> Vec<i64> {
        let mut numbers = vec![self.begin];
        for word in words(&self.plain(sentence)) {
            self.cut(&word, &mut numbers);
        }
        numbers.truncate(MOST_TOKENS - 1);
        numbers.push(self.end);
        numbers
    }

    /// The text as the vocabulary writes it.
    fn plain(&self, sentence: &str) -> String {
        let kept = sentence.chars().take(LONGEST).filter(|c| !is_dropped(*c));
        let plain: String = match self.without_accents {
            true => kept.nfd().filter(|c| !is_combining_mark(*c)).collect(),
            false => kept.collect(),
        };
        if self.small { plain.to_lowercase() } else { plain }
    }

    /// Adds the pieces of a word.
    fn cut(&self, word: &str, numbers: &mut Vec<i64>) {
        let before = numbers.len();
        if word.chars().count() > self.longest_word {
            numbers.push(self.unknown);
            return;
        }
        let mut rest = word;
        while !rest.is_empty() {
            let Some((number, length)) = self.longest_piece(rest, rest.len() < word.len()) else {
                numbers.truncate(before);
                numbers.push(self.unknown);
                return;
            };
            numbers.push(number);
            rest = &rest[length..];
        }
    }

    /// The longest piece that a text begins with: its number and its length in bytes.
    fn longest_piece(&self, text: &str, inside: bool) -> Option<(i64, usize)> {
        let mut piece = if inside { self.inside.clone() } else { String::new() };
        let before = piece.len();
        piece.push_str(text);
        while piece.len() > before {
            if let Some(number) = self.vocabulary.get(&piece) {
                return Some((*number, piece.len() - before));
            }
            piece.pop();
        }
        None
    }
}

/// The words of a text; every punctuation mark and every Chinese character is one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut open = String::new();
    for c in text.chars() {
        let alone = is_chinese(c) || is_punctuation(c);
        if (alone || c.is_whitespace()) && !open.is_empty() {
            words.push(std::mem::take(&mut open));
        }
        if alone {
            words.push(c.to_string());
        } else if !c.is_whitespace() {
            open.push(c);
        }
    }
    if !open.is_empty() {
        words.push(open);
    }
    words
}

/// Whether it is no part of a text.
fn is_dropped(c: char) -> bool {
    c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}')
        || matches!(c, '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '・')
        || matches!(c, '！'..='／' | '：'..='＠' | '［'..='＿' | '｛'..='･')
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}')
        || matches!(c, '\u{20000}'..='\u{2ceaf}' | '\u{2f800}'..='\u{2fa1f}')
}

fn unknown() -> String {
    "[UNK]".to_owned()
}

fn inside() -> String {
    "##".to_owned()
}

fn longest_word() -> usize {
    100
}

/// Characters of a sentence that are looked at, as many as intents look at.
const LONGEST: usize = 400;
/// Tokens that are looked at: as all-MiniLM-L6-v2 was taught.
const MOST_TOKENS: usize = 128;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WORDS: [&str; 13] =
        ["[UNK]", "[CLS]", "[SEP]", "play", "##ing", "##ed", "un", "##play", "cafe", "!", "您", "好", "it"];

    fn tokens(normalizer: serde_json::Value) -> Tokens {
        let vocabulary: serde_json::Map<String, serde_json::Value> =
            WORDS.iter().enumerate().map(|(number, word)| ((*word).to_owned(), json!(number))).collect();
        let file = json!({ "normalizer": normalizer, "model": { "type": "WordPiece", "vocab": vocabulary } });
        Tokens::new(serde_json::from_value(file).unwrap()).unwrap()
    }

    fn named(tokens: &Tokens, sentence: &str) -> Vec<&'static str> {
        let numbers = tokens.of(sentence);
        let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
        assert_eq!((first, last), (1, 2), "{sentence}");
        numbers[1..numbers.len() - 1].iter().map(|number| WORDS[*number as usize]).collect()
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces_that_are_known() {
        let tokens = tokens(json!({ "lowercase": true }));
        assert_eq!(named(&tokens, "Playing  unplayed!!"), ["play", "##ing", "un", "##play", "##ed", "!", "!"]);
        assert_eq!(named(&tokens, "playful it"), ["[UNK]", "it"], "one unknown piece makes the whole word unknown");
        assert_eq!(named(&tokens, "Cafe\u{301} CAFÉ"), ["cafe", "cafe"]);
        assert_eq!(named(&tokens, "您好！it\u{0}"), ["您", "好", "[UNK]", "it"]);
        assert_eq!(named(&tokens, &"it".repeat(60)), ["[UNK]"], "a word of 120 letters is none");
        assert_eq!(named(&tokens, " \t\n"), [""; 0]);
    }

    #[test]
    fn letters_stay_as_they_are_where_the_vocabulary_has_both() {
        let tokens = tokens(json!({ "lowercase": false }));
        assert_eq!(named(&tokens, "play Play café"), ["play", "[UNK]", "[UNK]"]);
    }

    #[test]
    fn what_is_too_long_is_cut_off() {
        let numbers = tokens(json!(null)).of(&"it ".repeat(1_000));
        assert_eq!((numbers.len(), numbers[MOST_TOKENS - 1]), (MOST_TOKENS, 2));
    }

    #[test]
    fn other_kinds_of_tokenisers_are_refused() {
        let of = |model: serde_json::Value| {
            serde_json::from_value(json!({ "model": model })).map_err(|error| error.to_string()).and_then(Tokens::new)
        };
        let unigram = of(json!({ "type": "Unigram", "vocab": [["a", -1.5]] })).unwrap_err();
        assert!(unigram.contains("Unigram"), "{unigram}");
        let bare = of(json!({ "type": "WordPiece", "vocab": { "[UNK]": 0, "[CLS]": 1 } })).unwrap_err();
        assert!(bare.contains("[SEP]"), "{bare}");
    }
}
