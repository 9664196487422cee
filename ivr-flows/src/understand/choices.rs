//! One of several choices, by its phrases.

use std::collections::BTreeSet;
use std::sync::Arc;

use call_model::{Certainty, Heard};

use super::certainty::weigh;
use crate::text::{Phrase, tokens};

/// One choice of a menu, a list or a question.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// Its name: the intent, or the slot's value.
    pub(crate) name: String,
    /// As people say it.
    pub(crate) label: String,
    /// What the caller says.
    pub(crate) phrases: Vec<Phrase>,
    /// The key that stands for it.
    pub(crate) key: Option<char>,
}

/// The choices of one question, and its grammar.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    list: Vec<Choice>,
    grammar: Arc<[String]>,
}

/// What was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Understanding {
    /// The index of the best choice.
    pub(crate) best: Option<usize>,
    /// Our certainty of it.
    pub(crate) certainty: Certainty,
    /// Our certainty of the best other one.
    pub(crate) second: Certainty,
}

impl Choices {
    /// Makes the choices of a question; the last may be the person who can always be asked for.
    pub(crate) fn new(list: Vec<Choice>) -> Self {
        let phrases: BTreeSet<&str> =
            list.iter().flat_map(|choice| &choice.phrases).map(|phrase| phrase.spoken.as_str()).collect();
        let grammar = phrases.into_iter().map(str::to_owned).collect();
        Self { list, grammar }
    }

    pub(crate) fn list(&self) -> &[Choice] {
        &self.list
    }

    pub(crate) fn grammar(&self) -> &Arc<[String]> {
        &self.grammar
    }

    /// The choice that a key stands for.
    pub(crate) fn by_key(&self, key: char) -> Option<usize> {
        self.list.iter().position(|choice| choice.key == Some(key))
    }

    /// What the caller meant. Choices in `refused` were offered before and declined.
    pub(crate) fn understand(&self, heard: &Heard, refused: &BTreeSet<String>) -> Understanding {
        let heard = HeardTokens::of(heard);
        let mut matches: Vec<(usize, Match)> = Vec::new();
        for (index, choice) in self.list.iter().enumerate() {
            if refused.contains(&choice.name) {
                continue;
            }
            let best =
                choice.phrases.iter().map(|phrase| heard.compare(&phrase.tokens)).max_by_key(|m| (m.certainty, m.span));
            matches.extend(best.filter(|m| m.certainty > 0).map(|m| (index, m)));
        }
        let wider = |m: &Match| matches.iter().any(|(_, other)| other.covers(m));
        let mut weighed: Vec<(usize, Certainty)> = matches
            .iter()
            .map(|(index, m)| (*index, if wider(m) { m.certainty.saturating_sub(INSIDE_ANOTHER) } else { m.certainty }))
            .collect();
        weighed.sort_by_key(|(index, certainty)| (std::cmp::Reverse(*certainty), *index));
        Understanding {
            best: weighed.first().map(|(index, _)| *index),
            certainty: weighed.first().map_or(0, |(_, certainty)| *certainty),
            second: weighed.get(1).map_or(0, |(_, certainty)| *certainty),
        }
    }
}

/// How a phrase compares with what was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Match {
    certainty: Certainty,
    /// The heard words that the phrase lies in, as a whole.
    span: Option<(usize, usize)>,
}

impl Match {
    /// Whether another match is a part of this one: "bill" in "dispute my bill".
    fn covers(&self, other: &Match) -> bool {
        let (Some((a, b)), Some((c, d))) = (self.span, other.span) else { return false };
        a <= c && d <= b && b - a > d - c
    }
}

struct HeardTokens {
    /// `None` is `[unk]`.
    words: Vec<Option<String>>,
    confidence: Vec<f32>,
}

impl HeardTokens {
    fn of(heard: &Heard) -> Self {
        let mut taken = Self { words: Vec::new(), confidence: Vec::new() };
        let timed: Vec<(&str, f32)> = if heard.words.is_empty() {
            heard.text.split_whitespace().map(|word| (word, 1.0)).collect()
        } else {
            heard.words.iter().map(|word| (word.word.as_str(), word.confidence)).collect()
        };
        for (word, confidence) in timed.into_iter().take(MOST_WORDS) {
            if word == UNKNOWN {
                taken.push(None, confidence);
            } else {
                tokens(&word.to_lowercase()).into_iter().for_each(|token| taken.push(Some(token), confidence));
            }
        }
        taken
    }

    fn push(&mut self, word: Option<String>, confidence: f32) {
        self.words.push(word);
        self.confidence.push(confidence);
    }

    fn compare(&self, phrase: &[String]) -> Match {
        if phrase.is_empty() || self.words.is_empty() {
            return Match::default();
        }
        let is = |(heard, wanted): (&Option<String>, &String)| heard.as_ref() == Some(wanted);
        let whole = self.words.windows(phrase.len()).position(|window| window.iter().zip(phrase).all(is));
        match whole {
            Some(start) => self.whole(start, phrase.len()),
            None => self.partial(phrase),
        }
    }

    /// The phrase was heard as a whole; what is around it takes from the certainty.
    fn whole(&self, start: usize, length: usize) -> Match {
        let end = start + length;
        let confidence = mean(&self.confidence[start..end]);
        let span = Some((start, end));
        let total = self.words.len();
        if total == length {
            return Match { certainty: weigh(100, confidence), span };
        }
        let unknown = self.words.iter().filter(|word| word.is_none()).count();
        let foreign = total - length - unknown;
        let per_unknown = if length == 1 { UNKNOWN_AROUND_A_WORD } else { UNKNOWN_AROUND_A_PHRASE };
        let lost = per_unknown * unknown / total + FOREIGN_WORD * foreign.min(4);
        let certainty = CONTAINED.saturating_sub(u32::try_from(lost).unwrap_or(u32::MAX));
        Match { certainty: weigh(certainty, confidence), span }
    }

    /// Some words of the phrase were heard, in their order.
    fn partial(&self, phrase: &[String]) -> Match {
        let heard: Vec<(&str, f32)> = self
            .words
            .iter()
            .zip(&self.confidence)
            .filter_map(|(word, confidence)| Some((word.as_deref()?, *confidence)))
            .collect();
        let common = longest_common(&heard, phrase);
        if common == 0 {
            return Match::default();
        }
        let share = u32::try_from(OVERLAP * common / phrase.len()).unwrap_or(0);
        let unknown = self.words.len() - heard.len();
        let foreign = heard.len() - common;
        let lost = UNKNOWN_AROUND_A_PHRASE * unknown / self.words.len() + FOREIGN_WORD * foreign.min(4);
        let confidence: Vec<f32> = heard.iter().map(|(_, confidence)| *confidence).collect();
        let certainty = share.saturating_sub(u32::try_from(lost).unwrap_or(u32::MAX));
        Match { certainty: weigh(certainty, mean(&confidence)), span: None }
    }
}

/// How many words two lists have in common in the same order.
fn longest_common(heard: &[(&str, f32)], phrase: &[String]) -> usize {
    let mut last = vec![0usize; phrase.len() + 1];
    for (word, _) in heard {
        let mut row = last.clone();
        for (index, wanted) in phrase.iter().enumerate() {
            row[index + 1] = if word == wanted { last[index] + 1 } else { last[index + 1].max(row[index]) };
        }
        last = row;
    }
    last[phrase.len()]
}

fn mean(values: &[f32]) -> f32 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f32>() / values.len() as f32 }
}

/// What a recogniser says for anything else.
pub(super) const UNKNOWN: &str = "[unk]";
/// Heard words that are looked at: ten seconds of fast speech.
const MOST_WORDS: usize = 60;
/// A whole phrase with something around it.
const CONTAINED: u32 = 92;
/// A phrase of which words are missing, times the share that was heard.
const OVERLAP: usize = 85;
/// Lost for the share of `[unk]` around a phrase of one word, which fits much that was not meant.
const UNKNOWN_AROUND_A_WORD: usize = 25;
/// The same around a longer phrase.
const UNKNOWN_AROUND_A_PHRASE: usize = 12;
/// Lost for each known word that belongs to no part of the phrase.
const FOREIGN_WORD: usize = 5;
/// Lost by a phrase that is a part of another choice's longer one.
const INSIDE_ANOTHER: Certainty = 30;

#[cfg(test)]
mod tests {
    use call_model::{HeardWord, Language, ListenEnd};

    use super::super::{Verdict, decide};
    use super::*;

    fn choices(list: &[(&str, &[&str])]) -> Choices {
        let read = |text: &&str| Phrase::read(text, &Language::new("en"), None).unwrap();
        Choices::new(
            list.iter()
                .map(|(name, phrases)| Choice {
                    name: (*name).to_owned(),
                    label: (*name).to_owned(),
                    phrases: phrases.iter().map(read).collect(),
                    key: None,
                })
                .collect(),
        )
    }

    fn heard(text: &str, confidence: f32) -> Heard {
        let words = text
            .split_whitespace()
            .map(|word| HeardWord { word: word.to_owned(), confidence, start_ms: 0, end_ms: 0 })
            .collect();
        Heard { text: text.to_owned(), words, speech_ms: 900, end: ListenEnd::EndOfSpeech }
    }

    #[test]
    fn what_is_said_decides_between_taking_asking_back_and_no_match() {
        let menu = choices(&[
            ("bill", &["bill", "my bill", "what do i owe"]),
            ("dispute", &["dispute my bill"]),
            ("staff", &["rude employee", "complain about your staff"]),
        ]);
        let cases = [
            ("my bill", 1.0, Some(("bill", Verdict::Accept))),
            ("[unk] [unk] my bill [unk]", 1.0, Some(("bill", Verdict::Accept))),
            ("what do i owe", 0.5, Some(("bill", Verdict::Accept))),
            ("dispute my bill", 1.0, Some(("dispute", Verdict::Accept))),
            ("[unk] [unk] [unk] [unk] bill", 1.0, Some(("bill", Verdict::AskBack))),
            ("complain about your", 1.0, Some(("staff", Verdict::AskBack))),
            ("rude", 1.0, Some(("staff", Verdict::Refuse))),
            ("my bill rude employee", 1.0, Some(("bill", Verdict::AskBack))),
            ("[unk]", 1.0, None),
            ("", 1.0, None),
        ];
        for (text, confidence, expected) in cases {
            let understood = menu.understand(&heard(text, confidence), &BTreeSet::new());
            let verdict = decide(understood.certainty, understood.second);
            let found = understood.best.map(|index| (menu.list()[index].name.as_str(), verdict));
            assert_eq!(found, expected, "{text}: {understood:?}");
        }
    }

    #[test]
    fn what_was_declined_is_not_offered_again() {
        let menu = choices(&[("bill", &["my bill"]), ("staff", &["my staff"])]);
        let refused = BTreeSet::from(["bill".to_owned()]);
        let understood = menu.understand(&heard("my bill", 1.0), &refused);
        assert_ne!(understood.best, Some(0));
    }

    #[test]
    fn the_same_words_are_understood_the_same_way_every_time() {
        let menu = choices(&[("b", &["same words"]), ("a", &["same words"])]);
        let once = menu.understand(&heard("same words", 0.9), &BTreeSet::new());
        assert_eq!(once.best, Some(0));
        assert_eq!(once.second, once.certainty);
    }

    proptest::proptest! {
        #[test]
        fn any_answer_of_a_recogniser_is_survived(
            text in "([a-z]{1,3}|\\[unk\\]|my|bill|[^ ]{1,4}| ){0,40}",
            confidence in proptest::num::f32::ANY,
        ) {
            let menu = choices(&[("bill", &["my bill"]), ("staff", &["rude employee", "my staff"])]);
            let understood = menu.understand(&heard(&text, confidence), &BTreeSet::new());
            proptest::prop_assert!(understood.certainty <= 100 && understood.second <= understood.certainty);
            let words = crate::language::Words::of(&Language::new("en"));
            proptest::prop_assert!(super::super::spoken_digits(&heard(&text, confidence), words).certainty <= 100);
        }
    }
}
