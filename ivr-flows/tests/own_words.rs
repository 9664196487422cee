//! Further words of yes and no.
#![allow(clippy::disallowed_methods)]

mod support;

use support::{Caller, flow, found_in, nodes, yaml_of};

const PAPER: &str = r#"
  first:
    ask: { slot: paper, type: yes_no, agree: [sure thing, go ahead], refuse: [leave it], say: "On paper?", then: account }
  account:
    ask: { slot: account, type: digits, length: 2, agree: [bingo], say: "Your account?", read_back: "{{ account }}?", then: bye }"#;

#[test]
fn a_question_has_its_own_words_of_yes_and_no() {
    for (said, value) in [("go ahead", "yes"), ("leave it", "no"), ("yes", "yes"), ("no thanks", "no")] {
        let mut caller = Caller::calls(&nodes(PAPER));
        let (_, request) = caller.listening.clone().unwrap();
        assert!(request.phrases.iter().any(|phrase| phrase == "sure thing"));
        caller.says(said);
        assert_eq!(caller.slot("paper").as_deref(), Some(value), "{said}");
    }
}

#[test]
fn a_confirmation_has_them_too_and_only_where_they_are_written() {
    let mut caller = Caller::calls(&nodes(PAPER));
    caller.says("sure thing").says("one two");
    assert_eq!(caller.last(), "one two?");
    let (_, request) = caller.listening.clone().unwrap();
    assert!(request.phrases.iter().any(|phrase| phrase == "bingo"));
    assert!(!request.phrases.iter().any(|phrase| phrase == "go ahead"));
    caller.says("bingo").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn words_at_the_top_hold_everywhere_also_when_a_form_is_read_back() {
    let form = r#"
  first:
    form:
      confirm: always
      slots:
        paper: { type: yes_no, say: "On paper?" }
        guests: { type: number, say: "How many?" }
      then: bye"#;
    let yaml = yaml_of(form).replace("start: first", "agree: [go ahead]\nrefuse: [leave it]\nstart: first");
    let mut caller = Caller::calls(&flow(&yaml));
    caller.says("leave it").says("four");
    assert_eq!(caller.last(), "paper no, guests 4. Is that right?");
    caller.says("go ahead").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn a_word_that_means_both_or_the_opposite_is_told() {
    for (words, message) in [
        ("agree: [nope]", "`nope` means the opposite of `agree`"),
        ("refuse: [sure]", "`sure` means the opposite of `refuse`"),
        ("agree: [well], refuse: [well]", "both agrees and refuses"),
    ] {
        let nodes = format!("  first:\n    ask: {{ slot: a, type: yes_no, {words}, say: Hi, then: bye }}");
        let found = found_in(&nodes);
        assert!(found.iter().any(|found| found.contains(message)), "{words}: {found:?}");
    }
}
