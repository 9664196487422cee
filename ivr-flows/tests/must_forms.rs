//! MUST: the form interpretation algorithm, small; and the types that forms are filled with.
#![allow(clippy::disallowed_methods)]

mod support;

use call_model::TurnResult;
use ivr_flows::Start;
use jiff::civil::date;
use support::{Caller, nodes};

/// A Tuesday.
fn caller(nodes_of: &str) -> Caller {
    let local = Some(date(2026, 11, 24).at(10, 0, 0, 0));
    Caller::calls_with(
        &nodes(nodes_of),
        Start { caller: "+12025550123".into(), called: "100".into(), seed: 7, local, ..Start::default() },
    )
}

fn ask(of: &str) -> Caller {
    caller(&format!("\n  first:\n    ask: {{ slot: x, {of}, say: \"What?\", then: bye }}"))
}

const BOOKING: &str = r#"
  first:
    form:
      say: "When would you like a table, and for how many?"
      confirm: never
      slots:
        day: { type: date, in_the: future, hear: ["on {day}"], say: "On which day?" }
        at: { type: time, hear: ["at {at}"], say: "At what time?" }
        people: { type: number, min: 1, max: 12, hear: ["for {people}", "{people} people"], say: "For how many people?" }
        terrace: { type: yes_no, when: "people > 6", say: "Shall it be outside?" }
      then: bye"#;

#[test]
fn must_fia_visits_the_first_unfilled_slot_whose_condition_holds() {
    let mut caller = caller(BOOKING);
    caller.says("tomorrow");
    assert_eq!(caller.last(), "At what time?");
    caller.says("at seven in the evening");
    assert_eq!(caller.last(), "For how many people?");
    caller.says("eight");
    assert_eq!(caller.last(), "Shall it be outside?");
    caller.says("no").hears_all();
    assert!(caller.hung_up.is_some());
    let slots = ["day", "at", "people", "terrace"].map(|slot| caller.slot(slot).unwrap_or_default());
    assert_eq!(slots, ["2026-11-25", "19:00", "8", "no"]);
}

#[test]
fn must_fia_several_are_filled_at_once() {
    let mut caller = caller(BOOKING);
    caller.says("a table for four people on friday at seven in the evening").hears_all();
    assert_eq!(caller.slot("people").as_deref(), Some("4"), "{:?}", caller.turns());
    assert_eq!(caller.slot("day").as_deref(), Some("2026-11-27"));
    assert_eq!(caller.slot("at").as_deref(), Some("19:00"));
    assert!(caller.hung_up.is_some(), "{}", caller.last());
}

#[test]
fn a_value_that_cannot_be_is_refused_and_the_caller_is_told_why() {
    let mut caller = caller(BOOKING);
    caller.says("tomorrow").says("at seven in the evening").says("twenty");
    assert!(matches!(caller.turns().last(), Some(TurnResult::NoMatch)));
    assert!(caller.last().contains("12") && caller.last().ends_with("For how many people?"), "{}", caller.last());
    assert_eq!(caller.slot("people"), None);
}

#[test]
fn every_type_is_asked_for_and_read_back_in_words() {
    let cases = [
        ("type: number", "twenty three", "23", "23"),
        ("type: money", "forty two dollars and ten cents", "42.10", "42 dollars and 10 cents"),
        ("type: date", "next friday", "", ""),
        ("type: time", "half past seven in the evening", "19:30", ""),
        ("type: phone, country: DE", "zero three zero one two three four five six seven", "", ""),
        ("type: digits, length: 6", "twenty three forty five sixty seven", "234567", "two three four, five six seven"),
    ];
    for (of, said, value, spoken) in cases {
        let mut caller = ask(&format!("{of}, confirm: always"));
        caller.says(said);
        assert!(caller.last().starts_with("Did you say"), "{of}: {}", caller.last());
        assert!(caller.last().contains(spoken), "{of}: {}", caller.last());
        caller.says("yes").hears_all();
        let filled = caller.slot("x").unwrap_or_default();
        assert!(!filled.is_empty() && (value.is_empty() || filled == value), "{of}: {filled}");
    }
}

#[test]
fn numbers_and_amounts_are_keyed_in_with_a_star_for_the_point() {
    let mut caller = ask("type: money");
    caller.presses("42*5#").hears_all();
    assert_eq!(caller.slot("x").as_deref(), Some("42.50"));
    let mut caller = ask("type: number, max: 10");
    caller.presses("12#");
    assert!(caller.last().contains("10"), "{}", caller.last());
    caller.presses("7#").hears_all();
    assert_eq!(caller.slot("x").as_deref(), Some("7"));
}

#[test]
fn a_wrong_checksum_is_told_and_asked_again() {
    let mut caller = ask("type: identity_card");
    caller.presses("11010519491231002").presses("1");
    assert!(caller.last().ends_with("What?") && caller.last() != "What?", "{}", caller.last());
    caller.presses("11010519491231002*").hears_all();
    assert_eq!(caller.slot("x").as_deref(), Some("11010519491231002X"));
}

#[test]
fn free_speech_is_kept_as_it_was_said() {
    let mut caller = ask("type: text");
    let (_, request) = caller.listening.clone().unwrap();
    assert!(request.free);
    caller.says("my parcel is wet").hears_all();
    assert_eq!(caller.slot("x").as_deref(), Some("my parcel is wet"));
}

#[test]
fn what_can_be_meant_twice_is_offered_the_other_way_after_a_no() {
    let mut caller = ask("type: time, confirm: always");
    caller.says("at three");
    let first = caller.last().to_owned();
    caller.says("no").says("at three");
    assert!(caller.last().starts_with("Did you say") && caller.last() != first, "{first} {}", caller.last());
}

#[test]
fn an_option_is_told_by_its_label() {
    let mut caller = caller(
        r#"
  first:
    ask:
      slot: reason
      type: one_of
      say: "Why?"
      read_back: "{{ reason }}?"
      options:
        not_needed: { hear: [not needed], label: "you do not need it" }
        too_small: { hear: [too small] }
      then: sort
  sort:
    branch: [{ if: "reason == 'not_needed'", goto: tell }, { else: tell_other }]
  tell:
    play: { say: "So {{ reason }} ({{ reason | name }}).{% if reason == 'not_needed' %} Sorry.{% endif %}", then: bye }
  tell_other:
    play: { say: "It is {{ reason }}.", then: bye }"#,
    );
    caller.says("not needed");
    assert_eq!(caller.last(), "you do not need it?");
    caller.says("yes");
    assert_eq!(caller.last(), "So you do not need it (not_needed). Sorry.");
    assert_eq!(caller.slot("reason").as_deref(), Some("not_needed"), "records keep the name");
}

#[test]
fn a_slot_that_one_sentence_makes_wanted_is_filled_by_the_same_sentence() {
    let mut caller = caller(
        r#"
  first:
    form:
      confirm: never
      slots:
        member: { type: yes_no, say: "Do you have a card?" }
        card: { type: digits, length: 4, when: member, hear: ["card is {card}"], say: "What is its number?" }
        pieces: { type: number, say: "How many?" }
      then: bye"#,
    );
    caller.says("yes my card is four one seven two");
    assert_eq!(caller.slot("member").as_deref(), Some("yes"));
    assert_eq!(caller.slot("card").as_deref(), Some("4172"));
    assert_eq!(caller.slot("pieces"), None, "{:?}", caller.turns());
    assert_eq!(caller.last(), "How many?");
}

#[test]
fn a_slot_that_is_not_wanted_stays_empty_whatever_is_said() {
    let mut caller = caller(
        r#"
  first:
    form:
      confirm: never
      slots:
        member: { type: yes_no, say: "Do you have a card?" }
        card: { type: digits, length: 4, when: member, hear: ["card is {card}"], say: "What is its number?" }
      then: bye"#,
    );
    caller.says("no my card is four one seven two").hears_all();
    assert_eq!((caller.slot("member").as_deref(), caller.slot("card")), (Some("no"), None));
}

#[test]
fn a_form_listens_for_sentences_around_its_values_and_not_only_for_their_words() {
    let caller = caller(BOOKING);
    let phrases = &caller.listening.as_ref().expect("it listens").1.phrases;
    for wording in ["i would like to", "on friday", "for four", "three people", "at half past seven", "may the fifth"] {
        assert!(phrases.iter().any(|phrase| phrase == wording), "{wording}");
    }
    assert!(phrases.len() < 3_000, "{}", phrases.len());
}
