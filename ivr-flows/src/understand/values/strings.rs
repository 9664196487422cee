//! Strings of digits: accounts, telephone numbers, identity cards. They are said digit by digit, or in small numbers.

use call_model::Certainty;

use super::atoms::Atoms;
use super::{Checksum, Readings, english, myriad};
use crate::language::{Speech, Words};
use crate::value::Value;

/// What a string of digits must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DigitRules {
    /// The fewest digits.
    pub(crate) min: usize,
    /// The most digits.
    pub(crate) max: usize,
    /// How it guards itself.
    pub(crate) checksum: Option<Checksum>,
    /// Shapes, one of which it has: `#` is any digit, a digit is itself. Empty for any shape.
    pub(crate) patterns: Vec<String>,
}

impl DigitRules {
    /// Whether a string has one of the shapes.
    pub(super) fn has_shape(&self, digits: &str) -> bool {
        let fits = |pattern: &String| {
            pattern.len() == digits.len() && pattern.chars().zip(digits.chars()).all(|(p, d)| p == '#' || p == d)
        };
        self.patterns.is_empty() || self.patterns.iter().any(fits)
    }
}

/// A string that was said, and what is lost because it was said in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spoken {
    pub(super) digits: String,
    pub(super) loss: Certainty,
}

/// Digits at a position. Parts may be said as numbers: "twenty three", "eight hundred".
pub(super) fn digits(atoms: &Atoms, at: usize, rules: &DigitRules, words: &Words) -> Readings {
    let (spoken, end) = string(atoms, at, words)?;
    let loss = if spoken.digits.len() < rules.min.min(2) { LONE_DIGIT } else { spoken.loss };
    Some((vec![(Value::Digits(spoken.digits), loss)], end))
}

/// An identity card's number at a position: digits, the last of which may be an X.
pub(super) fn card(atoms: &Atoms, at: usize, words: &Words) -> Readings {
    let (mut spoken, mut end) = string(atoms, at, words)?;
    if let Some(after) = atoms.any(end, words.letter_x).filter(|_| spoken.digits.len() == 17) {
        spoken.digits.push('X');
        end = after;
    }
    let loss = if spoken.digits.len() == 18 { spoken.loss } else { SHORT_CARD };
    Some((vec![(Value::IdentityCard(spoken.digits), loss)], end))
}

/// The longest string of digits at a position.
pub(super) fn string(atoms: &Atoms, at: usize, words: &Words) -> Option<(Spoken, usize)> {
    let (mut spoken, mut next, mut times) = (Spoken::default(), at, 1);
    let mut end = None;
    while spoken.digits.len() <= MOST_DIGITS {
        if let Some((digit, after)) = atoms.meaning(next, words.digits) {
            // "twenty three" begins with no digit, but "two hundred" and 一百 do.
            if let Some((number, loss, after)) = number(atoms, next, words).filter(|(number, ..)| *number >= 10) {
                spoken.take(&number.to_string(), loss);
                (next, end, times) = (after, Some(after), 1);
                continue;
            }
            spoken.digits.extend(std::iter::repeat_n(digit, times));
            (next, end, times) = (after, Some(after), 1);
        } else if let Some(figure) = atoms.figure(next).filter(|figure| figure.bytes().all(|b| b.is_ascii_digit())) {
            spoken.take(figure, 0);
            (next, end, times) = (next + 1, Some(next + 1), 1);
        } else if let Some((count, after)) = atoms.meaning(next, words.repeats).filter(|_| times == 1) {
            (next, times) = (after, count);
        } else if let Some((number, loss, after)) = number(atoms, next, words) {
            spoken.take(&number.to_string(), loss);
            (next, end, times) = (after, Some(after), 1);
        } else {
            break;
        }
    }
    end.map(|end| (spoken, end))
}

impl Spoken {
    fn take(&mut self, digits: &str, loss: Certainty) {
        self.digits.push_str(digits);
        self.loss = self.loss.max(loss);
    }
}

/// A small number within a string.
fn number(atoms: &Atoms, at: usize, words: &Words) -> Option<(u64, Certainty, usize)> {
    match words.speech {
        Speech::English => english::small_number(atoms, at),
        Speech::Myriad(table) => myriad::small_number(atoms, at, table),
    }
}

/// What a grammar needs for strings of digits.
pub(super) fn phrases(rules: &DigitRules, words: &Words) -> Vec<&'static str> {
    let mut phrases = crate::understand::digit_phrases(words, rules.max);
    if rules.max > 1 {
        phrases.extend(words.in_numbers);
    }
    phrases
}

/// What a grammar needs for telephone numbers.
pub(super) fn phrases_of_phones(words: &Words) -> Vec<&'static str> {
    let mut phrases = crate::understand::digit_phrases(words, MOST_DIGITS);
    phrases.extend(words.in_numbers.iter().chain(words.plus));
    phrases
}

/// What a grammar needs for identity cards.
pub(super) fn phrases_of_cards(words: &Words) -> Vec<&'static str> {
    let mut phrases = crate::understand::digit_phrases(words, MOST_DIGITS);
    phrases.extend(words.letter_x);
    phrases
}

/// Nobody says more digits in a row.
pub(super) const MOST_DIGITS: usize = 40;
/// A single digit where several are wanted: "one" and "two" are in many sentences.
const LONE_DIGIT: Certainty = 40;
/// A card's number that is not complete.
const SHORT_CARD: Certainty = 30;
