//! A string of digits that can be read in two ways: "oh" is heard in "four".
#![allow(clippy::disallowed_methods)]

mod support;

use call_model::{Heard, TurnResult};
use support::{Caller, heard, nodes};

/// What was heard, and what was heard once more without "oh".
fn read(first: &str, instead: &str) -> Heard {
    Heard { without_synonyms: Some(heard(instead, 1.0).words), ..heard(first, 1.0) }
}

fn at_the_account(confirm: &str) -> Caller {
    Caller::calls(&nodes(&format!(
        "  first:\n    ask: {{ slot: account, type: digits, length: 3{confirm}, say: Number?, then: bye }}"
    )))
}

#[test]
fn a_string_is_listened_for_without_its_synonyms_too() {
    let mut caller = at_the_account("");
    let (_, request) = caller.listening.clone().unwrap();
    assert_eq!(request.synonyms.to_vec(), [("oh".to_owned(), "zero".to_owned())]);
    caller.is_heard(read("oh one two", "four one two"));
    let (_, request) = caller.listening.clone().unwrap();
    assert_eq!(request.synonyms.len(), 0, "yes and no have none");
}

#[test]
fn the_other_reading_is_offered_when_the_first_is_declined() {
    let mut caller = at_the_account("");
    caller.is_heard(read("oh one two", "four one two"));
    assert_eq!(caller.last(), "Did you say zero one two?", "two readings are asked about");
    caller.says("no");
    assert_eq!(caller.last(), "Did you say four one two?");
    caller.says("yes");
    assert_eq!(caller.slot("account").as_deref(), Some("412"));
}

#[test]
fn a_reading_that_does_not_fit_gives_way() {
    for (first, instead) in [("oh two", "four one two"), ("oh four one two", "four one two")] {
        let mut caller = at_the_account("");
        caller.is_heard(read(first, instead));
        assert_eq!(caller.last(), "Did you say four one two?", "{first}");
        caller.says("no");
        assert_eq!(caller.last(), "Sorry. Number?", "{first}: there is no other");
    }
}

#[test]
fn what_was_declined_is_not_read_again() {
    let mut caller = at_the_account(", read_back: \"{{ account }}?\"");
    caller.is_heard(read("oh one two", "oh one"));
    assert_eq!(caller.last(), "zero one two?");
    caller.says("no").is_heard(read("oh one two", "four one two"));
    assert_eq!(caller.last(), "four one two?");
}

#[test]
fn a_reading_that_cannot_be_does_not_cast_doubt_on_the_other() {
    for instead in ["one two", "[unk]", ""] {
        let mut caller = at_the_account("");
        caller.is_heard(read("oh one two", instead));
        assert_eq!(caller.slot("account").as_deref(), Some("012"), "{instead:?}");
    }
}

#[test]
fn readings_that_agree_are_one() {
    let mut caller = at_the_account("");
    caller.is_heard(read("oh one two", "zero one two"));
    assert_eq!(caller.slot("account").as_deref(), Some("012"), "taken at once");
    assert!(matches!(caller.turns()[0], TurnResult::Accepted { .. }));
}

#[test]
fn readings_go_on_from_turn_to_turn() {
    let mut caller = at_the_account("");
    caller.says("nine").is_heard(read("oh", "four")).says("two");
    assert_eq!(caller.last(), "Did you say nine zero two?");
    caller.says("no");
    assert_eq!(caller.last(), "Did you say nine four two?");
}

#[test]
fn the_other_reading_of_a_secret_is_in_no_record() {
    let mut caller = at_the_account(", sensitive: true");
    caller.is_heard(read("oh one two", "four one two"));
    let told = format!("{:?}", caller.records);
    assert!(!told.contains("four") && !told.contains("412") && !told.contains("oh one two"), "{told}");
}
