//! What is seen of a sentence: its words and pairs of words, parts of its words, and what its words are about.

use std::collections::BTreeMap;

use super::lexicon::{Lexicon, Writing};
use crate::text::tokens;

/// The kinds of features; each counts on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Words and pairs of neighbours.
    Words,
    /// Parts of words: endings and misspellings differ in few of them.
    Letters,
    /// Groups of words with a like meaning.
    Senses,
}

impl Block {
    pub(super) const ALL: [Self; 3] = [Self::Words, Self::Letters, Self::Senses];

    /// The block that a feature is of, by its first letter.
    pub(super) fn of(feature: &str) -> usize {
        match feature.as_bytes().first() {
            Some(b'w') => 0,
            Some(b'l') => 1,
            _ => 2,
        }
    }

    /// Its share in the likeness of two sentences.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Words | Self::Letters => 1.0,
            Self::Senses => 0.2,
        }
    }
}

/// The features of a sentence with how often each is there.
pub(super) fn of(sentence: &str, lexicon: &Lexicon) -> BTreeMap<String, u32> {
    let words = words(sentence, lexicon);
    let mut found = BTreeMap::new();
    if words.is_empty() {
        return found;
    }
    let stems: Vec<String> = words.iter().map(|word| lexicon.stem(word)).collect();
    let mut add = |feature: String| *found.entry(feature).or_insert(0) += 1;
    stems.iter().for_each(|stem| add(format!("w{stem}")));
    let framed: Vec<&str> =
        std::iter::once("<").chain(stems.iter().map(String::as_str)).chain(std::iter::once(">")).collect();
    framed.windows(2).for_each(|pair| add(format!("w{} {}", pair[0], pair[1])));
    match lexicon.writing {
        Writing::Spaced => {
            words.iter().for_each(|word| parts(&format!(" {word} "), 3..=5, &mut add));
            stems.iter().flat_map(|stem| lexicon.senses(stem)).for_each(|sense| add(format!("s{sense}")));
        }
        Writing::Unspaced => {
            let whole = words.concat();
            parts(&whole, 2..=4, &mut add);
            lexicon.senses_in(&whole).into_iter().for_each(|sense| add(format!("s{sense}")));
        }
    }
    found
}

/// The words of a sentence, with every number alike.
fn words(sentence: &str, lexicon: &Lexicon) -> Vec<String> {
    let mut plain = String::new();
    for c in sentence.to_lowercase().chars().take(LONGEST) {
        match c {
            '’' => plain.push('\''),
            c if c.is_alphanumeric() || c == '\'' => plain.push(c),
            _ => plain.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for word in tokens(&plain) {
        let word = word.trim_matches('\'');
        for part in lexicon.full(word).split(' ').filter(|part| !part.is_empty()) {
            let part = if lexicon.is_number(part) { NUMBER } else { part };
            if part != NUMBER || words.last().is_none_or(|last| last != NUMBER) {
                words.push(part.to_owned());
            }
        }
    }
    words
}

/// All runs of some lengths of a text's characters.
fn parts(text: &str, lengths: std::ops::RangeInclusive<usize>, add: &mut impl FnMut(String)) {
    let characters: Vec<char> = text.chars().collect();
    for length in lengths {
        characters.windows(length).for_each(|run| add(std::iter::once('l').chain(run.iter().copied()).collect()));
    }
}

/// What every number is.
const NUMBER: &str = "0";
/// Characters of a sentence that are looked at.
const LONGEST: usize = 400;
