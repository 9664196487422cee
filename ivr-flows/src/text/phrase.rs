//! Phrases that a node listens for.

use call_model::Language;

use super::cutting::cut;
use crate::source::Vocabulary;

/// A phrase, in the words of the recogniser and in the words it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// For the grammar: lower-case, its words parted by single blanks.
    pub(crate) spoken: String,
    /// For comparing: words, or single characters where the language parts no words.
    pub(crate) tokens: Vec<String>,
}

/// What is wrong with a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PhraseFault {
    /// Nothing to listen for.
    Empty,
    /// A character that no grammar may hold.
    Character(char),
    /// A word that the model does not know, and the nearest that it does.
    UnknownWord(String, Option<String>),
    /// More words than a caller says.
    TooLong,
}

impl Phrase {
    /// Reads a phrase: letters, digits, apostrophes, hyphens and blanks, every word known to the model.
    pub(crate) fn read(
        text: &str,
        language: &Language,
        vocabulary: Option<&dyn Vocabulary>,
    ) -> Result<Self, PhraseFault> {
        let lower = text.to_lowercase().replace('’', "'");
        if let Some(c) = lower.chars().find(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '-' | ' ') && !is_mark(*c))
        {
            return Err(PhraseFault::Character(c));
        }
        let vocabulary = vocabulary.filter(|vocabulary| vocabulary.speaks(language));
        let mut words = Vec::new();
        for word in lower.split_whitespace() {
            words.extend(cut(word, language, vocabulary)?);
        }
        if words.is_empty() {
            return Err(PhraseFault::Empty);
        }
        if words.len() > MOST_WORDS {
            return Err(PhraseFault::TooLong);
        }
        let spoken = words.join(" ");
        Ok(Self { tokens: tokens(&spoken), spoken })
    }
}

/// The words of a text as phrases are compared: a character of an unspaced script is a word of its own.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        let mut run = String::new();
        for c in word.chars() {
            if is_ideograph(c) {
                if !run.is_empty() {
                    tokens.push(std::mem::take(&mut run));
                }
                tokens.push(usual(c).to_string());
            } else {
                run.push(c);
            }
        }
        if !run.is_empty() {
            tokens.push(run);
        }
    }
    tokens
}

/// 两 is 二 and 幺 is 一, said in other places: who says the one is understood as the other.
fn usual(c: char) -> char {
    match c {
        '两' | '兩' => '二',
        '幺' => '一',
        '〇' => '零',
        _ => c,
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Combining marks belong to the letters of many scripts.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}')
}

/// Longer phrases are sentences, which a grammar does not hold.
const MOST_WORDS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    struct Known(&'static [&'static str]);

    impl Vocabulary for Known {
        fn speaks(&self, _: &Language) -> bool {
            true
        }
        fn knows(&self, _: &Language, word: &str) -> bool {
            self.0.contains(&word)
        }
        fn nearest(&self, _: &Language, _: &str) -> Option<String> {
            self.0.first().map(|word| (*word).to_owned())
        }
    }

    #[test]
    fn a_chinese_phrase_is_cut_into_known_words() {
        let known = Known(&["账单", "我", "的", "我的"]);
        let phrase = Phrase::read("我的账单", &Language::new("zh"), Some(&known)).unwrap();
        assert_eq!(phrase.spoken, "我 的 账单");
        assert_eq!(phrase.tokens, ["我", "的", "账", "单"]);
    }

    #[test]
    fn two_words_for_a_digit_are_one() {
        assert_eq!(tokens("两百幺三"), tokens("二百一三"));
        let phrase = Phrase::read("套餐两", &Language::new("zh"), None).unwrap();
        assert_eq!(phrase.spoken, "套餐两");
    }

    #[test]
    fn a_phrase_that_would_end_the_recogniser_is_refused() {
        let read = |text| Phrase::read(text, &Language::new("en"), None);
        assert_eq!(read("say \"hello\""), Err(PhraseFault::Character('"')));
        assert_eq!(read("a\\b"), Err(PhraseFault::Character('\\')));
        assert_eq!(read("  "), Err(PhraseFault::Empty));
        assert_eq!(read("What  do I OWE").unwrap().spoken, "what do i owe");
    }

    #[test]
    fn an_unknown_word_comes_with_the_nearest_known() {
        let fault = Phrase::read("my bil", &Language::new("en"), Some(&Known(&["bill", "my"])));
        assert_eq!(fault, Err(PhraseFault::UnknownWord("bil".into(), Some("bill".into()))));
    }
}
