//! Phrases for a second listening.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Grammar;

impl Grammar {
    /// What is listened for in a sound once more, of which some words were made out: the few phrases that those words hold
    /// a good part of, and among which nothing mixes. Wherever two have a word in common, either all before it is the same in
    /// both, or all after it.
    ///
    /// `None` where the words are clear: where they are a phrase, or hold one of three words that callers put into sentences;
    /// and where no phrase is near.
    pub(crate) fn to_hear_again(&self, words: &str) -> Option<Self> {
        let is_phrase = self.phrases.binary_search_by(|phrase| phrase.as_str().cmp(words)).is_ok();
        let is_clear = |phrase: &String| phrase.split(' ').count() > SHORT && holds(words, phrase);
        if is_phrase || self.in_sentences.is_empty() || self.in_sentences.iter().any(is_clear) {
            return None;
        }
        let heard: Vec<&str> = words.split(' ').collect();
        let candidate = |text: &&String| {
            let in_sentences = self.in_sentences.binary_search(text).is_ok();
            in_sentences || (text.split(' ').count() == SHORT && holds(words, text))
        };
        let near = self.phrases.iter().filter(candidate).filter_map(|text| {
            let phrase: Vec<&str> = text.split(' ').collect();
            let share = share_heard(&heard, &phrase);
            (share >= LEAST_SHARE).then_some((Reverse(share), text, phrase))
        });
        let mut near: Vec<_> = near.collect();
        near.sort();
        let mut taken: Vec<(&String, Vec<&str>)> = Vec::new();
        for (_, text, phrase) in near {
            if taken.len() < MOST_PHRASES && !taken.iter().any(|(_, other)| mixes(&phrase, other)) {
                taken.push((text, phrase));
            }
        }
        let mut phrases: Vec<String> = taken.into_iter().map(|(text, _)| text.clone()).collect();
        phrases.sort();
        let phrases: Arc<[String]> = phrases.into();
        (!phrases.is_empty()).then(|| Self { in_sentences: phrases.clone(), ..Self::of_phrases(phrases) })
    }

    /// The phrases with the words that the synonyms stand for in their place, where one of them is among some words.
    pub(crate) fn without_synonyms(&self, words: &str) -> Option<Self> {
        let stands_for = |word: &str| self.synonyms.iter().find(|(synonym, _)| synonym == word).map(|(_, other)| other);
        words.split(' ').find_map(stands_for)?;
        let plain = |word| stands_for(word).map_or(word, String::as_str);
        let phrases = self.phrases.iter().map(|phrase| phrase.split(' ').map(plain).collect::<Vec<_>>().join(" "));
        Some(Self::of_phrases(phrases.collect::<BTreeSet<String>>().into_iter().collect()))
    }

    /// Whether what was heard may have to be heard once more.
    pub(crate) fn may_be_heard_again(&self) -> bool {
        !self.in_sentences.is_empty() || !self.synonyms.is_empty()
    }
}

/// Whether words, parted by single spaces, hold a phrase.
pub(crate) fn holds(words: &str, phrase: &str) -> bool {
    words.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (&words[..at], &words[at + phrase.len()..]);
        (before.is_empty() || before.ends_with(' ')) && (after.is_empty() || after.starts_with(' '))
    })
}

/// Whether a grammar that knows which word follows which makes a third phrase out of two.
fn mixes(one: &[&str], other: &[&str]) -> bool {
    one.iter().enumerate().any(|(at, word)| {
        let mut common = other.iter().enumerate().filter(|(_, other)| *other == word);
        common.any(|(there, _)| one[..at] != other[..there] && one[at..] != other[there..])
    })
}

/// How much of a phrase is in what was heard, in the same order, in thousandths of its letters.
fn share_heard(heard: &[&str], phrase: &[&str]) -> usize {
    let mut last = vec![0; phrase.len() + 1];
    for word in heard {
        let mut row = last.clone();
        for (index, wanted) in phrase.iter().enumerate() {
            let with = if word == wanted { last[index] + wanted.chars().count() } else { 0 };
            row[index + 1] = with.max(last[index + 1]).max(row[index]);
        }
        last = row;
    }
    let letters: usize = phrase.iter().map(|word| word.chars().count()).sum();
    last[phrase.len()] * 1_000 / letters.max(1)
}

/// The words of a phrase that is heard in much that was not said.
const SHORT: usize = 2;

/// Phrases of a second listening. The more there are, the more can be made of their words by chance: of those made out in
/// noise 77 of 79 were right with two of which two fifths were heard, and 63 of 69 with ten of any kind.
const MOST_PHRASES: usize = 3;

/// The share of a phrase's letters that must have been heard, in thousandths.
const LEAST_SHARE: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: [&str; 5] = ["report a fraud", "apply for a loan", "my balance", "my mortgage", "check my account"];

    fn bank() -> Grammar {
        let grammar = Grammar::new(BANK.into_iter().chain(["agent", "a person", "hold on"])).unwrap();
        Grammar { in_sentences: Grammar::new(BANK).unwrap().phrases, ..grammar }
    }

    #[test]
    fn a_phrase_is_held_by_whole_words() {
        for (words, held) in [
            ("my balance", true),
            ("[unk] my balance [unk]", true),
            ("amy balance", false),
            ("my balances my balance", true),
            ("my balances", false),
            ("", false),
        ] {
            assert_eq!(holds(words, "my balance"), held, "{words:?}");
        }
    }

    #[test]
    fn near_and_short_phrases_are_heard_again_but_for_those_that_would_mix() {
        let cases = [
            ("report a loan", Some(&["report a fraud"][..])),
            ("apply a for a loan", Some(&["apply for a loan"][..])),
            ("[unk] my account balance", Some(&["my balance"][..])),
            ("report mortgage", Some(&["my mortgage", "report a fraud"][..])),
            ("[unk] my balance", Some(&["my balance"][..])),
            ("[unk] a person [unk]", Some(&["a person"][..])),
            ("[unk] report a fraud [unk]", None),
            ("report a fraud", None),
            ("my balance", None),
            ("agent", None),
            ("[unk] agent", None),
            ("[unk] my", None),
            ("", None),
        ];
        for (words, taken) in cases {
            let again = bank().to_hear_again(words);
            let taken = taken.map(|phrases| phrases.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(again.as_ref().map(|again| again.phrases().to_vec()), taken, "{words:?}");
            assert_eq!(again.as_ref().map(|again| again.in_sentences().to_vec()), taken, "{words:?}");
        }
    }

    #[test]
    fn phrases_with_one_beginning_or_one_end_stay_together() {
        for (one, other, mixed) in [
            ("my balance", "my mortgage", false),
            ("send money", "borrow money", false),
            ("my money", "my own money", false),
            ("report a fraud", "apply for a loan", true),
            ("check my account", "my balance", true),
            ("close my account", "change my plan", true),
        ] {
            let (one, other): (Vec<_>, Vec<_>) = (one.split(' ').collect(), other.split(' ').collect());
            assert_eq!(mixes(&one, &other), mixed, "{one:?} {other:?}");
            assert_eq!(mixes(&other, &one), mixed, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_grammar_without_sentences_is_not_listened_to_again() {
        assert_eq!(Grammar::new(["yes", "no thanks"]).unwrap().to_hear_again("thanks no"), None);
    }
}
