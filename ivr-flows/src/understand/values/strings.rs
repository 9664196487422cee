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
    /// Whether a string is as long as it must be, has one of the shapes, and guards itself.
    pub(super) fn fit(&self, digits: &str) -> bool {
        (self.min..=self.max).contains(&digits.len())
            && self.has_shape(digits)
            && self.checksum.is_none_or(|checksum| checksum.fits(digits))
    }

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

/// Digits at a position. Parts may be said as numbers: "twenty three", "eight hundred". An amount that is said right
/// behind them is none of them: 幺零二四两千三百块 holds 1024.
pub(super) fn digits(atoms: &Atoms, at: usize, rules: &DigitRules, words: &Words) -> Readings {
    let parts = parts(atoms, at, words);
    let (spoken, end) = joined(&parts)?;
    if !rules.fit(&spoken.digits) {
        let before_amount = (1..parts.len()).rev().find_map(|count| {
            let (spoken, end) = joined(&parts[..count])?;
            (rules.fit(&spoken.digits) && begins_amount(atoms, end, words)).then_some((spoken, end))
        });
        if let Some((spoken, end)) = before_amount {
            return Some((vec![(Value::Digits(spoken.digits), spoken.loss)], end));
        }
    }
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
    joined(&parts(atoms, at, words))
}

/// What is said at once of a string, and the position after it.
type Part = (Spoken, usize);

fn joined(parts: &[Part]) -> Option<Part> {
    let mut whole = Spoken::default();
    parts.iter().for_each(|(part, _)| whole.take(&part.digits, part.loss));
    parts.last().map(|(_, end)| (whole, *end))
}

/// The parts of the longest string of digits at a position.
fn parts(atoms: &Atoms, at: usize, words: &Words) -> Vec<Part> {
    let (mut parts, mut next, mut times) = (Vec::new(), at, 1);
    let mut length = 0;
    while length <= MOST_DIGITS {
        let said = atoms.meaning(next, words.repeats);
        let repeated = said.filter(|(_, after)| times == 1 && atoms.meaning(*after, words.digits).is_some());
        if let Some((count, after)) = repeated {
            (next, times) = (after, count);
            continue;
        }
        // 一个 that no digit follows is "one of them", not the digit 1.
        if said.is_some_and(|(count, _)| count == 1) {
            break;
        }
        let (digits, loss, after) = if let Some((digit, after)) = atoms.meaning(next, words.digits) {
            // "twenty three" begins with no digit, but "two hundred" and 一百 do.
            match number(atoms, next, words).filter(|(number, ..)| *number >= 10) {
                Some((number, loss, after)) => (number.to_string(), loss, after),
                None => (digit.to_string().repeat(times), 0, after),
            }
        } else if let Some(figure) = atoms.figure(next).filter(|figure| figure.bytes().all(|b| b.is_ascii_digit())) {
            (figure.to_owned(), 0, next + 1)
        } else if let Some((number, loss, after)) = number(atoms, next, words) {
            (number.to_string(), loss, after)
        } else {
            break;
        };
        length += digits.len();
        parts.push((Spoken { digits, loss }, after));
        (next, times) = (after, 1);
    }
    parts
}

/// Whether an amount begins at a position: a number of hundreds and more, or one with a unit of money behind it.
fn begins_amount(atoms: &Atoms, at: usize, words: &Words) -> bool {
    match words.speech {
        Speech::English => english::begins_amount(atoms, at),
        Speech::Myriad(table) => myriad::begins_amount(atoms, at, table),
    }
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
