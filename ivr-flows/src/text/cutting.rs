//! Cutting what stands between blanks into words that the recogniser knows.

use std::sync::LazyLock;

use call_model::Language;
use jieba_rs::Jieba;

use super::PhraseFault;
use crate::language::Words;
use crate::source::Vocabulary;

/// The known words of a piece of text. Where words are not parted, it is cut as a dictionary of the language would, and
/// what the recogniser does not know of that, into the longest words that it knows.
pub(super) fn cut(
    piece: &str,
    language: &Language,
    vocabulary: Option<&dyn Vocabulary>,
) -> Result<Vec<String>, PhraseFault> {
    let Some(vocabulary) = vocabulary else { return Ok(vec![piece.to_owned()]) };
    let knows = |word: &str| vocabulary.knows(language, word);
    if knows(piece) {
        return Ok(vec![piece.to_owned()]);
    }
    let unknown = || PhraseFault::UnknownWord(piece.to_owned(), vocabulary.nearest(language, piece));
    if !Words::of(language).unspaced {
        return Err(unknown());
    }
    let by_dictionary = || {
        let mut words = Vec::new();
        for token in DICTIONARY.cut(piece, false) {
            if knows(token.word) {
                words.push(token.word.to_owned());
            } else {
                words.extend(longest(token.word, &knows)?);
            }
        }
        Some(words)
    };
    by_dictionary().or_else(|| longest(piece, &knows)).ok_or_else(unknown)
}

/// The longest known words, from left to right.
fn longest(piece: &str, knows: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let characters: Vec<char> = piece.chars().collect();
    let mut words = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let end = (start + LONGEST_WORD).min(characters.len());
        let candidates = (start + 1..=end).rev().map(|end| characters[start..end].iter().collect::<String>());
        let known = candidates.into_iter().find(|part| knows(part))?;
        start += known.chars().count();
        words.push(known);
    }
    Some(words)
}

/// Read when the first Chinese phrase is cut.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);
/// Characters of the longest Chinese word that is looked for.
const LONGEST_WORD: usize = 8;

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
            None
        }
    }

    fn words(piece: &str, known: &'static [&'static str]) -> Option<Vec<String>> {
        cut(piece, &Language::new("zh"), Some(&Known(known))).ok()
    }

    #[test]
    fn a_phrase_is_cut_by_its_meaning_and_not_only_by_length() {
        let known = &["研究", "研究生", "生命", "起源", "命", "的"];
        assert_eq!(words("研究生命的起源", known).unwrap(), ["研究", "生命", "的", "起源"]);
    }

    #[test]
    fn words_that_the_recogniser_does_not_know_are_cut_further() {
        assert_eq!(words("人工服务", &["人", "工", "服务"]).unwrap(), ["人", "工", "服务"]);
        assert_eq!(words("转人工", &["转", "人工"]).unwrap(), ["转", "人工"]);
        assert_eq!(words("转人工", &["人工"]), None);
    }
}
