//! Digits that are spoken one by one.

use call_model::{Certainty, Heard};

use super::certainty::{Calibration, weigh};
use super::compare::UNKNOWN;
use crate::language::Words;
use crate::text::tokens;

/// Digits that were heard in one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpokenDigits {
    /// The digits in their order.
    pub(crate) digits: String,
    /// Our certainty of them.
    pub(crate) certainty: Certainty,
}

/// What a grammar for strings of at most so many digits listens for. A single digit is better understood without the
/// words that only belong into strings.
pub(crate) fn digit_phrases(words: &Words, max: usize) -> Vec<&'static str> {
    let digits = words.digits.iter().map(|(word, _)| *word).filter(|word| max > 1 || !words.in_strings.contains(word));
    let repeats = words.repeats.iter().filter(|(_, times)| *times <= max).map(|(word, _)| *word);
    digits.chain(repeats).collect()
}

/// Reads digits from what was heard: "one two three", "double four", "oh". `[unk]` and other words are passed over,
/// each at the cost of certainty. Numbers that are no digits ("hundred") are other words.
pub(crate) fn spoken_digits(heard: &Heard, words: &Words) -> SpokenDigits {
    let timed: Vec<(&str, f32)> = if heard.words.is_empty() {
        heard.text.split_whitespace().map(|word| (word, 1.0)).collect()
    } else {
        heard.words.iter().map(|word| (word.word.as_str(), word.confidence)).collect()
    };
    let mut parts: Vec<(String, f32)> = Vec::new();
    for (word, trust) in timed.into_iter().take(MOST_WORDS) {
        let said = if word == UNKNOWN { vec![UNKNOWN.to_owned()] } else { tokens(&word.to_lowercase()) };
        parts.extend(said.into_iter().map(|part| (part, trust)));
    }
    let digit_at = |at: usize| {
        let (part, trust) = parts.get(at)?;
        words.digits.iter().find(|(name, _)| *name == part).map(|(_, digit)| (*digit, *trust))
    };
    let (mut digits, mut passed, mut at) = (String::new(), 0u32, 0);
    let (mut confidence, mut counted) = (0.0, 0.0);
    while at < parts.len() {
        let repeated = repeats(&parts[at..], words);
        let (times, from) = repeated.map_or((1, at), |(times, count)| (times, at + count));
        // 一个 that no digit follows is "one of them", not the digit 1.
        let counts = repeated.is_some_and(|(times, _)| times == 1);
        let alone = || digit_at(at).filter(|_| !counts).map(|found| (found, 1, at));
        match digit_at(from).map(|found| (found, times, from)).or_else(alone) {
            Some(((digit, trust), times, from)) => {
                digits.extend(std::iter::repeat_n(digit, times));
                confidence += trust;
                counted += 1.0;
                at = from + 1;
            }
            // "double" that no digit follows was something else, too.
            None => {
                passed += 1;
                at = if counts { from } else { at + 1 };
            }
        }
    }
    let trust = if counted > 0.0 { confidence / counted } else { 0.0 };
    let strength =
        if digits.is_empty() { 0 } else { weigh(CLEAN.saturating_sub(passed.saturating_mul(PASSED_WORD)), trust) };
    let certainty = Calibration::VALUE.certainty(strength);
    SpokenDigits { digits, certainty }
}

/// How often the digit behind some words was said at once, and how many words that are: "double", 四个.
fn repeats(parts: &[(String, f32)], words: &Words) -> Option<(usize, usize)> {
    let said = words.repeats.iter().filter_map(|(name, times)| {
        let name = tokens(name);
        let begins = parts.len() >= name.len() && parts.iter().zip(&name).all(|((part, _), name)| part == name);
        begins.then_some((*times, name.len()))
    });
    said.max_by_key(|(_, count)| *count)
}

/// Heard words that are looked at.
const MOST_WORDS: usize = 60;
/// Nothing but digits was heard.
const CLEAN: u32 = 95;
/// Lost for each word that is no digit: it may have been one.
const PASSED_WORD: u32 = 15;

#[cfg(test)]
mod tests {
    use call_model::{Language, ListenEnd};

    use super::*;

    fn read(text: &str, language: &str) -> SpokenDigits {
        let heard = Heard {
            text: text.to_owned(),
            words: Vec::new(),
            again: None,
            without_synonyms: None,
            free: None,
            speech_ms: 900,
            end: ListenEnd::EndOfSpeech,
        };
        spoken_digits(&heard, Words::of(&Language::new(language)))
    }

    #[test]
    fn digits_are_read_as_people_say_them() {
        let cases = [
            ("one two three", "123"),
            ("oh one double four", "0144"),
            ("triple seven zero", "7770"),
            ("[unk] nine [unk]", "9"),
            ("double [unk] five", "5"),
            ("", ""),
        ];
        for (text, digits) in cases {
            assert_eq!(read(text, "en").digits, digits, "{text}");
        }
        assert_eq!(read("幺 二 零两", "zh").digits, "1202");
        assert_eq!(read("双幺 四个八 两个 三", "zh").digits, "11888833");
        assert_eq!(read("三个 双", "zh").digits, "3");
        assert_eq!(read("一个 八 两个 三 幺", "zh").digits, "8331");
        assert_eq!(read("一个 [unk] 一 二 三", "zh").digits, "123");
    }

    #[test]
    fn other_words_between_digits_make_us_less_certain() {
        assert_eq!(read("one two", "en").certainty, 98);
        assert_eq!(read("one [unk] two", "en").certainty, 92);
        assert_eq!(read("[unk]", "en").certainty, 0);
        assert_eq!(read("one double", "en").certainty, 92);
    }
}
