//! One of several choices, by its phrases.

use std::collections::BTreeSet;
use std::sync::Arc;

use call_model::{Certainty, Heard, Language};

use super::certainty::{self, Lines};
use super::compare::{HeardWords, Match, Role};
use super::intents::IntentModel;
use crate::language::Words;
use crate::node::{COURTESIES, NO, PERSON, YES};
use crate::source::Vocabulary;
use crate::text::Phrase;

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
    /// Every phrase once, those first that callers put into sentences.
    grammar: Arc<[String]>,
    in_sentences: usize,
    /// Finds a choice by sentences like its examples, in what was heard without the phrases.
    intents: Option<Arc<IntentModel>>,
    /// Whether every word is listened to.
    open: bool,
    words: &'static Words,
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
    pub(crate) fn new(list: Vec<Choice>, words: &'static Words) -> Self {
        let spoken = |choices: &[Choice]| -> BTreeSet<String> {
            choices.iter().flat_map(|choice| &choice.phrases).map(|phrase| phrase.spoken.clone()).collect()
        };
        // A single word is heard in much that was not meant; a person is asked for in few words.
        let mut first = spoken(&list[..answers(&list)]);
        first.retain(|phrase| phrase.contains(' '));
        let in_sentences = first.len();
        let rest = spoken(&list).into_iter().filter(|phrase| !first.contains(phrase)).collect::<Vec<_>>();
        let grammar = first.iter().cloned().chain(rest).collect();
        Self { list, grammar, in_sentences, intents: None, open: false, words }
    }

    /// Other choices in the same language.
    pub(crate) fn with(&self, list: Vec<Choice>) -> Self {
        Self::new(list, self.words)
    }

    pub(crate) fn list(&self) -> &[Choice] {
        &self.list
    }

    /// The choices that answer: what stands behind them is the way to a person, and what else can be said.
    pub(crate) fn own(&self) -> &[Choice] {
        &self.list[..answers(&self.list)]
    }

    pub(crate) fn grammar(&self) -> &Arc<[String]> {
        &self.grammar
    }

    /// How many phrases of the grammar, from the first on, callers put into sentences of their own.
    pub(crate) fn in_sentences(&self) -> usize {
        self.in_sentences
    }

    /// Opens the choices to what is said in other words: sentences with the indexes of their choices.
    pub(crate) fn learn(
        &mut self,
        sentences: &[(usize, String)],
        language: &Language,
        vocabulary: Option<&dyn Vocabulary>,
    ) {
        let examples: Vec<(usize, &str)> = sentences.iter().map(|(index, text)| (*index, text.as_str())).collect();
        let meaning = vocabulary.and_then(|vocabulary| vocabulary.meaning(language));
        self.open = true;
        self.intents = IntentModel::train(&examples, language, meaning).map(Arc::new);
    }

    /// Whether every word is listened to, besides the phrases.
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// The choice that a key stands for.
    pub(crate) fn by_key(&self, key: char) -> Option<usize> {
        self.list.iter().position(|choice| choice.key == Some(key))
    }

    /// What the caller meant. Choices in `refused` were offered before and declined.
    pub(crate) fn understand(&self, heard: &Heard, refused: &BTreeSet<String>) -> Understanding {
        let ranked = self.ranked(heard, refused);
        Understanding {
            best: ranked.first().map(|(index, _)| *index),
            certainty: ranked.first().map_or(0, |(_, certainty)| *certainty),
            second: ranked.get(1).map_or(0, |(_, certainty)| *certainty),
        }
    }

    /// What the caller may have meant, the most certain first. Choices in `refused` were offered before and declined.
    pub(crate) fn ranked(&self, heard: &Heard, refused: &BTreeSet<String>) -> Vec<(usize, Certainty)> {
        let mut certainties = self.by_phrases(heard, refused);
        if let Some(free) = heard.free.as_deref().filter(|_| self.open) {
            let spoken = self.matches(&HeardWords::of_text(free, self.words), refused);
            let spoken = certainties_of(&spoken, &Lines::FIRST);
            let meant = self.intents.as_ref().map(|intents| intents.probabilities(free)).unwrap_or_default();
            for (index, certainty) in certainties.iter_mut().enumerate() {
                let refused = refused.contains(&self.list[index].name);
                let meant = meant.get(index).copied().filter(|_| !refused).unwrap_or(0.0);
                *certainty = certainty::together(*certainty, spoken[index], meant);
            }
        }
        let mut sorted: Vec<(usize, Certainty)> =
            certainties.into_iter().enumerate().filter(|(_, certainty)| *certainty > 0).collect();
        sorted.sort_by_key(|(index, certainty)| (std::cmp::Reverse(*certainty), *index));
        sorted
    }

    /// Our certainty of each choice by its phrases, in one listening or two.
    fn by_phrases(&self, heard: &Heard, refused: &BTreeSet<String>) -> Vec<Certainty> {
        let first = self.matches(&HeardWords::of(heard, self.words), refused);
        let again = heard.again.as_deref().map(|again| HeardWords::of_words(again, self.words));
        let again = again.map(|again| self.matches(&again, refused));
        let mut certainties = certainties_of(&first, &Lines::FIRST);
        if let Some(again) = &again {
            let whole = certainties_of(again, &Lines::AGAIN);
            for (index, certainty) in certainties.iter_mut().enumerate() {
                let twice = first[index].heard_twice(&again[index]);
                *certainty = twice.unwrap_or_else(|| whole[index].max(*certainty));
            }
        }
        if self.asks_yes_or_no() {
            return certainties;
        }
        for (index, certainty) in certainties.iter_mut().enumerate() {
            let late = again.as_ref().filter(|_| first[index].span.is_none()).map(|again| &again[index]);
            *certainty = late.unwrap_or(&first[index]).most(self.role(index)).min(*certainty);
        }
        certainties
    }

    fn role(&self, index: usize) -> Role {
        match self.list[index].name.as_str() {
            PERSON => Role::Person,
            name if index >= answers(&self.list) && COURTESIES.contains(&name) => Role::Courtesy,
            _ => Role::Answer,
        }
    }

    /// Whether it is asked for a yes or a no: hardly anything else is answered then.
    fn asks_yes_or_no(&self) -> bool {
        matches!(self.own(), [yes, no] if yes.name == YES && no.name == NO)
    }

    /// How the phrases of each choice compare with what was heard: the best of each.
    fn matches(&self, heard: &HeardWords, refused: &BTreeSet<String>) -> Vec<Match> {
        let best = |choice: &Choice| {
            let matches = choice.phrases.iter().map(|phrase| heard.compare(&phrase.tokens));
            matches.max_by_key(|m| (m.certainty(0, &Lines::FIRST), m.span)).filter(|_| !refused.contains(&choice.name))
        };
        self.list.iter().map(|choice| best(choice).unwrap_or_default()).collect()
    }
}

/// Our certainty of each choice by its phrases.
fn certainties_of(matches: &[Match], lines: &Lines) -> Vec<Certainty> {
    let wider = |m: &Match| matches.iter().any(|other| other.strength > 0 && other.covers(m));
    matches.iter().map(|m| m.certainty(if wider(m) { INSIDE_ANOTHER } else { 0 }, lines)).collect()
}

/// How many of some choices answer the question.
fn answers(list: &[Choice]) -> usize {
    list.iter().position(|choice| choice.name == PERSON).unwrap_or(list.len())
}

/// Lost by a phrase that is a part of another choice's longer one.
const INSIDE_ANOTHER: u8 = 30;

#[cfg(test)]
mod tests {
    use call_model::{HeardWord, Language, ListenEnd};

    use super::super::{Verdict, decide};
    use super::*;

    fn choices(list: &[(&str, &[&str])]) -> Choices {
        let read = |text: &&str| Phrase::read(text, &Language::new("en"), None).unwrap();
        let choice = |(name, phrases): &(&str, &[&str])| Choice {
            name: (*name).to_owned(),
            label: (*name).to_owned(),
            phrases: phrases.iter().map(read).collect(),
            key: None,
        };
        Choices::new(list.iter().map(choice).collect(), Words::of(&Language::new("en")))
    }

    fn heard(text: &str, confidence: f32) -> Heard {
        let words = text
            .split_whitespace()
            .map(|word| HeardWord { word: word.to_owned(), confidence, start_ms: 0, end_ms: 0 })
            .collect();
        Heard {
            text: text.to_owned(),
            words,
            again: None,
            without_synonyms: None,
            free: None,
            speech_ms: 900,
            end: ListenEnd::EndOfSpeech,
        }
    }

    #[test]
    fn a_second_listening_finds_what_was_mixed_up_and_doubts_what_is_short() {
        let menu = choices(&[
            ("balance", &["my balance"]),
            ("fraud", &["report a fraud"]),
            ("loan", &["apply for a loan", "my mortgage"]),
        ]);
        let cases = [
            ("report a loan", None, Some(("fraud", Verdict::AskBack))),
            ("report a loan", Some(("[unk] report a fraud", 1.0)), Some(("fraud", Verdict::Accept))),
            ("report a loan", Some(("[unk] report a fraud", 0.1)), Some(("fraud", Verdict::AskBack))),
            ("report a loan", Some(("", 1.0)), Some(("fraud", Verdict::AskBack))),
            ("[unk] my balance [unk]", None, Some(("balance", Verdict::Accept))),
            ("[unk] my balance [unk]", Some(("my balance [unk]", 1.0)), Some(("balance", Verdict::Accept))),
            ("[unk] my balance [unk]", Some(("my balance [unk]", 0.8)), Some(("balance", Verdict::AskBack))),
            ("[unk] my balance [unk]", Some(("", 1.0)), None),
            ("my", Some(("my mortgage", 1.0)), Some(("loan", Verdict::AskBack))),
            ("my", Some(("my mortgage", 0.7)), Some(("loan", Verdict::Refuse))),
        ];
        for (text, again, expected) in cases {
            let again = again.map(|(text, confidence)| heard(text, confidence).words);
            let heard = Heard { again, ..heard(text, 1.0) };
            let understood = menu.understand(&heard, &BTreeSet::new());
            let verdict = decide(understood.certainty, understood.second);
            let found = understood.best.map(|index| (menu.list()[index].name.as_str(), verdict));
            assert_eq!(found, expected, "{text} {:?}: {understood:?}", heard.again);
        }
    }

    #[test]
    fn what_is_said_decides_between_taking_asking_back_and_no_match() {
        let menu = choices(&[
            ("bill", &["bill", "my bill", "what do i owe"]),
            ("dispute", &["dispute my bill"]),
            ("staff", &["rude employee", "complaint", "make a complaint", "complain about your staff"]),
            ("hours", &["opening hours", "what time do you open"]),
            ("news", &["the new opening hours"]),
            ("person", &["agent", "speak to a person"]),
        ]);
        let cases = [
            ("my bill", 1.0, Some(("bill", Verdict::Accept))),
            ("my bill", 0.8, Some(("bill", Verdict::AskBack))),
            ("[unk] [unk] my bill [unk]", 1.0, Some(("bill", Verdict::Accept))),
            ("opening hours", 0.8, Some(("hours", Verdict::Accept))),
            ("[unk] opening hours [unk]", 1.0, Some(("hours", Verdict::Accept))),
            ("[unk] opening hours [unk]", 0.8, Some(("hours", Verdict::Accept))),
            ("[unk] opening hours [unk]", 0.6, Some(("hours", Verdict::AskBack))),
            ("[unk] new opening hours", 1.0, Some(("news", Verdict::Accept))),
            ("agent", 1.0, Some(("person", Verdict::Accept))),
            ("agent", 0.8, Some(("person", Verdict::AskBack))),
            ("speak to a person", 0.8, Some(("person", Verdict::Accept))),
            ("[unk] speak to a person", 1.0, Some(("person", Verdict::Accept))),
            ("[unk] speak to a person", 0.8, Some(("person", Verdict::AskBack))),
            ("what do i owe", 0.5, Some(("bill", Verdict::Accept))),
            ("dispute my bill", 1.0, Some(("dispute", Verdict::Accept))),
            ("[unk] [unk] [unk] [unk] bill", 1.0, Some(("bill", Verdict::AskBack))),
            ("complain about your", 1.0, Some(("staff", Verdict::AskBack))),
            ("rude", 1.0, Some(("staff", Verdict::Refuse))),
            ("my bill rude employee", 1.0, Some(("staff", Verdict::AskBack))),
            ("make a complain", 1.0, Some(("staff", Verdict::Accept))),
            ("bill owe i employee about opening hours employee", 1.0, Some(("hours", Verdict::Accept))),
            ("bill you speak human", 0.8, Some(("bill", Verdict::Refuse))),
            ("what time bill you open", 0.9, Some(("hours", Verdict::AskBack))),
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
    fn a_courtesy_in_the_midst_of_a_sentence_is_passed_over() {
        let menu = choices(&[("fraud", &["report a fraud"]), ("person", &["agent"]), ("help", &["help me"])]);
        let best = |text| menu.ranked(&heard(text, 1.0), &BTreeSet::new()).first().map(|(index, _)| *index);
        assert_eq!(best("help me"), Some(2));
        assert_eq!(best("[unk] help me"), Some(2));
        assert_eq!(best("[unk] [unk] help me report a loan [unk]"), Some(0));
        assert_eq!(best("[unk] [unk] help me [unk] [unk]"), None);
    }

    #[test]
    fn a_drawn_little_word_is_none() {
        let menu = choices(&[("bill", &["my bill"]), ("fraud", &["report a fraud"])]);
        let lasting = |ms: u32| {
            let word = |(word, start_ms, end_ms): (&str, u32, u32)| HeardWord {
                word: word.to_owned(),
                confidence: 1.0,
                start_ms,
                end_ms,
            };
            let words = [("[unk]", 0, 900), ("my", 900, 900 + ms), ("bill", 900 + ms, 1_300 + ms)].map(word).to_vec();
            let text = HeardWord::joined(&words);
            let heard = Heard { text, words: words.clone(), again: Some(words), ..heard("", 1.0) };
            menu.understand(&heard, &BTreeSet::new()).certainty
        };
        assert!(lasting(250) >= 90, "{}", lasting(250));
        assert!(lasting(300) < 60, "{}", lasting(300));
    }

    #[test]
    fn a_yes_or_no_is_not_doubted_for_being_short() {
        let yes_no = choices(&[("yes", &["yes", "is right"]), ("no", &["no", "not it"]), ("person", &["agent"])]);
        for text in ["yes", "is right", "no", "[unk] not it"] {
            let understood = yes_no.understand(&heard(text, 0.8), &BTreeSet::new());
            assert!(understood.certainty >= 60, "{text}: {understood:?}");
        }
        let doubted = choices(&[("a", &["yes"]), ("b", &["is right"])]);
        let (asked, chosen) = (&heard("is right", 0.8), &BTreeSet::new());
        assert!(yes_no.understand(asked, chosen).certainty > doubted.understand(asked, chosen).certainty);
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
