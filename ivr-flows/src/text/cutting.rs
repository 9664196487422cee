//! Cutting what stands between blanks into words that the recogniser knows.

use std::sync::LazyLock;

use call_model::{Language, longest_known};
use jieba_rs::Jieba;

use super::PhraseFault;
use crate::language::Words;
use crate::source::Vocabulary;

/// The known words of a piece of text. Where words are not parted, it is cut as a dictionary of the language would, and
/// what the recogniser does not know of that, into the longest words that it knows. Where endings hang on words, it is cut
/// into the fewest words that it knows.
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
    let words = Words::of(language);
    if !words.unspaced {
        return fewest(piece, words.hanging, &knows).ok_or_else(unknown);
    }
    let by_dictionary = || {
        let mut words = Vec::new();
        for token in DICTIONARY.cut(piece, false) {
            if knows(token.word) {
                words.push(token.word.to_owned());
            } else {
                words.extend(longest_known(token.word, knows)?);
            }
        }
        Some(words)
    };
    by_dictionary().or_else(|| longest_known(piece, knows)).ok_or_else(unknown)
}

/// The fewest known words; of as few, those with the longest in front. A single letter is one where a stem stands, in front,
/// and where it is of those that hang on words: a model knows nearly every Korean syllable, and each slip of a pen would be
/// cut into some.
fn fewest(piece: &str, hanging: &[&str], knows: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let letters: Vec<char> = piece.chars().collect();
    if hanging.is_empty() || letters.len() > LONGEST_PIECE {
        return None;
    }
    // The best cut of what begins at each letter, from the last one on.
    let mut best: Vec<Option<Vec<String>>> = vec![None; letters.len()];
    best.push(Some(Vec::new()));
    for start in (0..letters.len()).rev() {
        for end in (start + 1..=letters.len()).rev() {
            let Some(rest) = &best[end] else { continue };
            if best[start].as_ref().is_some_and(|found| found.len() <= rest.len() + 1) {
                continue;
            }
            let word: String = letters[start..end].iter().collect();
            let stands = start == 0 || end - start > 1 || hanging.contains(&word.as_str());
            if stands && knows(&word) {
                best[start] = Some([vec![word], rest.clone()].concat());
            }
        }
    }
    best.swap_remove(0)
}

/// Read when the first Chinese phrase is cut.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);
/// Characters of the longest piece that is cut before its endings.
const LONGEST_PIECE: usize = 24;

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

    fn korean(piece: &str, known: &'static [&'static str]) -> Option<Vec<String>> {
        cut(piece, &Language::new("ko"), Some(&Known(known))).ok()
    }

    #[test]
    fn korean_endings_are_cut_off_words_that_the_recogniser_knows() {
        let known = &["잠깐", "잠깐만", "만", "요", "예약", "예약하고", "하고", "싶은", "싶은데", "데", "맞", "습니다"];
        assert_eq!(korean("잠깐만", known).unwrap(), ["잠깐만"]);
        assert_eq!(korean("잠깐만요", known).unwrap(), ["잠깐만", "요"]);
        assert_eq!(korean("맞습니다", known).unwrap(), ["맞", "습니다"]);
        assert_eq!(korean("예약하고싶은데요", known).unwrap(), ["예약하고", "싶은데", "요"]);
    }

    #[test]
    fn a_korean_word_with_a_slip_is_not_cut_into_syllables() {
        let known = &["상담", "상", "담", "웜", "비밀", "번", "호"];
        assert_eq!(korean("상담웜", known), None);
        assert_eq!(korean("비밀번호", known), None);
        assert_eq!(cut("bill", &Language::new("en"), Some(&Known(&["bi", "ll"]))).ok(), None);
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
