//! What a recogniser with a grammar makes of a sentence: the grammar's words, and `[unk]` for everything else.

use std::collections::BTreeSet;

use call_model::{Heard, HeardWord, ListenEnd, ListenRequest};

use crate::language::Words;

/// How a sentence is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clarity {
    /// Every word is as clear as can be.
    Clear,
    /// The engine is unsure of every word.
    Unclear,
}

/// A sentence as the turn's recogniser hears it. Numbers in digits are read digit by digit.
pub(crate) fn hear(text: &str, request: &ListenRequest, clarity: Clarity) -> Heard {
    let words = Words::of(&request.language);
    let known: BTreeSet<&str> = request.phrases.iter().flat_map(|phrase| phrase.split(' ')).collect();
    let mut heard: Vec<String> = Vec::new();
    for word in plain(text).split_whitespace() {
        take(word, &known, words, &mut heard);
    }
    let mut at = 0;
    let timed = heard.into_iter().map(|word| {
        let start_ms = at;
        let letters = if word == UNKNOWN { 5 } else { u32::try_from(word.chars().count()).unwrap_or(u32::MAX) };
        at += letters.clamp(2, 12) * if words.unspaced { 180 } else { 70 };
        HeardWord { word, confidence: clarity.confidence(), start_ms, end_ms: at }
    });
    let timed: Vec<HeardWord> = timed.collect();
    Heard {
        text: HeardWord::joined(&timed),
        words: timed,
        again: None,
        without_synonyms: None,
        free: request.free.then(|| free(text, words)),
        speech_ms: at,
        end: ListenEnd::EndOfSpeech,
    }
}

impl Clarity {
    fn confidence(self) -> f32 {
        match self {
            Self::Clear => 1.0,
            Self::Unclear => 0.3,
        }
    }
}

/// Lower-case, without punctuation.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('’', "'");
    lower.chars().map(|c| if c.is_alphanumeric() || matches!(c, '\'' | '-') || is_mark(c) { c } else { ' ' }).collect()
}

/// What is understood without a grammar: every word, numbers in digits as they are read out.
fn free(text: &str, words: &Words) -> String {
    let spelt = |word: &str| match word.bytes().all(|byte| byte.is_ascii_digit()) {
        true => words.spell(word),
        false => word.to_owned(),
    };
    plain(text).split_whitespace().map(spelt).collect::<Vec<_>>().join(" ")
}

/// Combining marks belong to the letters of many scripts.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}')
}

fn take(word: &str, known: &BTreeSet<&str>, words: &Words, heard: &mut Vec<String>) {
    if known.contains(word) {
        heard.push(word.to_owned());
    } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
        for digit in word.chars() {
            let spoken = words.digits.iter().filter(|(_, of)| *of == digit).map(|(name, _)| *name);
            let spoken = spoken.into_iter().find(|name| known.contains(name));
            heard.push(spoken.unwrap_or(UNKNOWN).to_owned());
        }
    } else if words.unspaced {
        heard.extend(cut(word, known));
    } else if !words.hanging.is_empty() {
        heard.extend(with_ending(cut(word, known)));
    } else {
        heard.push(UNKNOWN.to_owned());
    }
}

/// What a word with endings comes out as: it is known up to its ending, or not at all.
fn with_ending(pieces: Vec<String>) -> Vec<String> {
    let unknown = pieces.iter().position(|piece| piece == UNKNOWN);
    if unknown.is_none_or(|at| at > 0 && at + 1 == pieces.len()) { pieces } else { vec![UNKNOWN.to_owned()] }
}

/// Cuts what stands without blanks into the grammar's words: as many characters as possible are known, in as few words
/// as possible.
fn cut(text: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let characters: Vec<char> = text.chars().take(LONGEST).collect();
    // For each end: characters not known, words, and the beginning of the last word with whether it is known.
    let mut best: Vec<(usize, usize, usize, bool)> = vec![(0, 0, 0, true)];
    for end in 1..=characters.len() {
        let (unknown, count, ..) = best[end - 1];
        let mut found = (unknown + 1, count + 1, end - 1, false);
        for start in end.saturating_sub(LONGEST_WORD)..end {
            let word: String = characters[start..end].iter().collect();
            let (unknown, count, ..) = best[start];
            if known.contains(word.as_str()) && (unknown, count + 1) < (found.0, found.1) {
                found = (unknown, count + 1, start, true);
            }
        }
        best.push(found);
    }
    let mut words = Vec::new();
    let mut end = characters.len();
    while end > 0 {
        let (_, _, start, is_known) = best[end];
        let word = if is_known { characters[start..end].iter().collect() } else { UNKNOWN.to_owned() };
        let repeats = !is_known && words.last().is_some_and(|last| last == UNKNOWN);
        if !repeats {
            words.push(word);
        }
        end = start;
    }
    words.reverse();
    words
}

/// What stands for anything that the grammar does not hold.
const UNKNOWN: &str = "[unk]";
/// Characters of a sentence that are looked at.
const LONGEST: usize = 500;
/// Characters of the longest word that is written without blanks.
const LONGEST_WORD: usize = 12;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use call_model::Language;

    use super::*;

    fn heard(text: &str, language: &str, phrases: &[&str]) -> String {
        let request = ListenRequest {
            language: Language::new(language),
            phrases: phrases.iter().map(|phrase| (*phrase).to_owned()).collect(),
            in_sentences: 0,
            synonyms: std::sync::Arc::default(),
            free: false,
            phrase_silence: None,
            end_silence: Duration::from_millis(800),
            max_speech: Duration::from_secs(10),
        };
        hear(text, &request, Clarity::Clear).text
    }

    #[test]
    fn words_outside_the_grammar_are_not_made_out() {
        let menu = ["my bill", "what do i owe"];
        assert_eq!(heard("Well, what do I owe?", "en", &menu), "[unk] what do i owe");
        assert_eq!(heard("It's 12", "en", &["one", "two"]), "[unk] one two");
    }

    #[test]
    fn a_chinese_sentence_is_cut_into_the_words_of_the_grammar() {
        let menu = ["我的 账单", "投诉"];
        assert_eq!(heard("我想查我的账单。", "zh", &menu), "[unk] 我的 账单");
        assert_eq!(heard("投诉", "zh", &menu), "投诉");
        assert_eq!(heard("123", "zh", &["幺", "二", "三"]), "幺 二 三");
    }

    #[test]
    fn a_korean_word_is_known_up_to_its_ending() {
        let form = ["집주인", "에게", "이", "천", "원"];
        assert_eq!(heard("집주인에게 이천 원을 보내 주세요.", "ko", &form), "집주인 에게 이 천 원 [unk] [unk] [unk]");
        assert_eq!(heard("이체 원", "ko", &form), "이 [unk] 원");
        assert_eq!(heard("어린이날", "ko", &form), "[unk]");
    }
}
