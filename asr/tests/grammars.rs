//! Which phrases a turn can listen for.

use std::time::Duration;

use asr::{Grammar, GrammarError, Match};
use call_model::{Language, ListenRequest};
use proptest::prelude::*;

fn grammar(phrases: &[&str]) -> Grammar {
    Grammar::new(phrases).expect("phrases of a test are clean")
}

#[test]
fn phrases_are_lowered_tidied_and_told_once() {
    let grammar = grammar(&["  Speak to an  AGENT ", "speak to an agent", "don’t know", "wi-fi"]);
    assert_eq!(grammar.phrases(), ["don't know", "speak to an agent", "wi-fi"]);
    assert_eq!(
        grammar.words().into_iter().collect::<Vec<_>>(),
        ["agent", "an", "don't", "know", "speak", "to", "wi-fi"]
    );
}

#[test]
fn where_sentences_are_expected_only_their_phrases_and_single_words_are_as_good_as_whole() {
    let request = |in_sentences| ListenRequest {
        language: Language::new("en"),
        phrases: ["my bill", "hold on", "staff"].map(str::to_owned).into(),
        in_sentences,
        synonyms: std::sync::Arc::default(),
        free: false,
        phrase_silence: None,
        end_silence: Duration::from_millis(800),
        max_speech: Duration::from_secs(10),
    };
    let grammar = Grammar::of(&request(1)).unwrap();
    assert_eq!(grammar.matched("my bill"), Match::Whole);
    assert_eq!(grammar.matched("staff"), Match::Whole);
    assert_eq!(grammar.matched("hold on"), Match::WholeOrBeginning);
    assert_eq!(grammar.matched("hold"), Match::Beginning);
    assert_eq!(Grammar::of(&request(0)).unwrap().matched("hold on"), Match::Whole);
}

#[test]
fn every_script_is_spoken() {
    let phrases = ["你好", "상담원 연결", "оператор", "operatör", "मुझे मदद चाहिए", "ตกลง", "مساعدة", "két", "عَرَبِيّ", "4"];
    let grammar = grammar(&phrases);
    assert_eq!(grammar.phrases().len(), phrases.len());
}

#[test]
fn what_would_harm_an_engine_is_refused_by_its_phrase() {
    for (phrase, character) in [
        ("say \"yes\"", '"'),
        ("back\\slash", '\\'),
        ("[unk]", '['),
        ("line\u{0}end", '\u{0}'),
        ("a\u{7}b", '\u{7}'),
        ("yes, please", ','),
        ("zero\u{200B}width", '\u{200B}'),
        ("#", '#'),
        ("<s>", '<'),
        ("😀", '😀'),
    ] {
        let error = Grammar::new(["yes", phrase]).unwrap_err();
        assert_eq!(error, GrammarError::Character { phrase: phrase.to_owned(), character });
        assert!(error.to_string().contains("which nobody can say"));
    }
}

#[test]
fn empty_endless_and_numberless_are_refused() {
    assert_eq!(Grammar::new::<[&str; 0]>([]), Err(GrammarError::NoPhrases));
    assert_eq!(Grammar::new(["yes", " \t"]), Err(GrammarError::Empty { number: 2 }));
    assert!(matches!(Grammar::new(["a".repeat(201)]), Err(GrammarError::TooLong { .. })));
    assert!(matches!(Grammar::new(["a ".repeat(25)]), Err(GrammarError::TooLong { .. })));
    assert!(matches!(Grammar::new(["well - yes"]), Err(GrammarError::NoLetters { .. })));
    let many: Vec<String> = (0..6_001).map(|n| format!("phrase {n}")).collect();
    assert_eq!(Grammar::new(&many), Err(GrammarError::TooManyPhrases { count: 6_001 }));
    assert!(Grammar::new(&many[..6_000]).is_ok());
}

#[test]
fn words_are_placed_in_the_grammar() {
    let grammar = grammar(&["pay", "pay my bill", "pay-day", "pay's", "paying", "sales", "sales department"]);
    for (words, matched) in [
        ("", Match::Beginning),
        ("pay", Match::WholeOrBeginning),
        ("pay my", Match::Beginning),
        ("pay my bill", Match::Whole),
        ("pay my bills", Match::None),
        ("pay-day", Match::Whole),
        ("pay's", Match::Whole),
        ("paying", Match::Whole),
        ("pa", Match::None),
        ("sales", Match::WholeOrBeginning),
        ("sales department", Match::Whole),
        ("[unk]", Match::None),
        ("zebra", Match::None),
    ] {
        assert_eq!(grammar.matched(words), matched, "{words:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_comes_out_clean(phrases in proptest::collection::vec(any::<String>(), 1..5)) {
        if let Ok(grammar) = Grammar::new(&phrases) {
            for phrase in grammar.phrases() {
                prop_assert!(!phrase.is_empty() && phrase.trim() == phrase && !phrase.contains("  "));
                prop_assert!(!phrase.chars().any(|c| c.is_control() || matches!(c, '"' | '\\' | '[' | ']' | '<' | '>')));
                // Clean phrases stay as they are.
                let again = Grammar::new([phrase]).unwrap();
                prop_assert_eq!(again.phrases(), std::slice::from_ref(phrase));
            }
        }
    }

    #[test]
    fn matching_agrees_with_the_definition(
        phrases in proptest::collection::vec("[ab'-]?[ab]( [ab]{1,2}){0,2}", 1..8), words in "[ab]{0,2}( [ab]{1,2}){0,2}",
    ) {
        let grammar = Grammar::new(&phrases).unwrap();
        prop_assume!(words.is_empty() || !words.starts_with(' '));
        let whole = grammar.phrases().contains(&words);
        let begins = words.is_empty() || grammar.phrases().iter().any(|phrase| phrase.starts_with(&format!("{words} ")));
        let expected = match (whole, begins) {
            (true, true) => Match::WholeOrBeginning,
            (true, false) => Match::Whole,
            (false, true) => Match::Beginning,
            (false, false) => Match::None,
        };
        prop_assert_eq!(grammar.matched(&words), expected);
    }
}
