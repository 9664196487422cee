//! Phrases within sentences.
//!
//! The library makes a small language model of the phrases. Where "anything else" is only a phrase of its own, a sentence
//! around a phrase is heard as nothing but "anything else": going over from it to a phrase was never seen. So the model is
//! shown each phrase with something before it, behind it, and on both sides.

use asr::{Grammar, UNKNOWN};

/// What is listened for beside the phrases: each phrase of several words within a sentence. A single word is not, since it
/// is heard in too much.
pub(crate) fn sentences(grammar: &Grammar) -> Vec<String> {
    let phrases = grammar.phrases();
    if phrases.len() > MOST {
        return Vec::new();
    }
    let several = phrases.iter().filter(|phrase| phrase.contains(' '));
    several
        .flat_map(|phrase| {
            [format!("{UNKNOWN} {phrase} {UNKNOWN}"), format!("{UNKNOWN} {phrase}"), format!("{phrase} {UNKNOWN}")]
        })
        .collect()
}

/// A grammar of more phrases is a list to choose from, such as dates, and would become too big.
const MOST: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_of_several_words_are_listened_for_within_sentences() {
        let grammar = Grammar::new(["bill", "my bill"]).unwrap();
        assert_eq!(sentences(&grammar), ["[unk] my bill [unk]", "[unk] my bill", "my bill [unk]"]);
        let many = Grammar::new((0..400).map(|n| format!("number {n}"))).unwrap();
        assert!(sentences(&many).is_empty());
    }
}
