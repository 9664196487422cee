//! Forms: several slots, in any order, several in one sentence, corrected and confirmed.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use call_model::{CallEvent, TurnResult};
use ivr_flows::Flow;
use support::{Caller, flow, yaml_of};

const S: fn(u64) -> Duration = Duration::from_secs;

const LISTS: &str = r#"
lists:
  cities:
    berlin: { hear: [berlin], label: Berlin }
    munich: { hear: [munich], label: Munich }
    hamburg: { hear: [hamburg], label: Hamburg }
    bonn: { hear: [bonn], label: Bonn }
"#;

const TRIP: &str = r#"
  first:
    form:
      say: "Where would you like to go, and when?"
      read_back: "From {{ origin }} to {{ destination }} on {{ day }}. Is that right?"
      slots:
        origin: { type: one_of, options: cities, hear: ["from {origin}"], say: "Where do you leave from?" }
        destination: { type: one_of, options: cities, hear: ["to {destination}"], say: "Where to?" }
        day:
          type: one_of
          options: { friday: { hear: [friday] }, saturday: { hear: [saturday] }, sunday: { hear: [sunday] } }
          hear: ["on {day}"]
          say: "On which day?"
        seat: { type: yes_no, when: "destination == 'munich'", say: "A seat?" }
      then: bye"#;

fn with_lists(nodes: &str) -> Arc<Flow> {
    flow(&yaml_of(nodes).replace("nodes:\n", &format!("{}nodes:\n", LISTS.trim_start())))
}

fn trip() -> Caller {
    Caller::calls(&with_lists(TRIP))
}

#[test]
fn several_slots_in_one_sentence_leave_only_what_is_missing() {
    let mut caller = trip();
    assert_eq!(caller.last(), "Where would you like to go, and when?");
    caller.says("from berlin to bonn");
    assert_eq!(caller.last(), "On which day?");
    caller.says("friday");
    assert_eq!(caller.last(), "From Berlin to Bonn on friday. Is that right?");
    caller.says("yes").hears_all();
    assert!(caller.hung_up.is_some());
    for (slot, value) in [("origin", "berlin"), ("destination", "bonn"), ("day", "friday")] {
        assert_eq!(caller.slot(slot).as_deref(), Some(value));
    }
    assert!(caller.run.handover().slots.iter().all(|slot| slot.confirmed));
}

#[test]
fn slots_are_filled_in_any_order() {
    let mut caller = trip();
    caller.says("on sunday to bonn from hamburg");
    assert_eq!(caller.last(), "From Hamburg to Bonn on sunday. Is that right?");
}

#[test]
fn a_slot_is_asked_only_under_its_condition() {
    let mut caller = trip();
    caller.says("from berlin to munich on friday");
    assert_eq!(caller.last(), "A seat?");
    caller.says("yes");
    assert!(caller.last().starts_with("From Berlin to Munich"));
    caller.says("no to bonn");
    assert_eq!(caller.last(), "From Berlin to Bonn on friday. Is that right?");
    assert_eq!(caller.slot("seat"), None, "what is no longer asked for is forgotten");
}

#[test]
fn an_answer_to_one_question_may_fill_another_slot_too() {
    let mut caller = trip();
    caller.says("to hamburg");
    assert_eq!(caller.last(), "Where do you leave from?");
    caller.says("bonn on saturday");
    assert_eq!(caller.last(), "From Bonn to Hamburg on saturday. Is that right?");
}

#[test]
fn a_correction_replaces_a_value_and_what_was_taken_back_is_not_offered_again() {
    let mut caller = trip();
    caller.says("from berlin to bonn on friday").says("no to hamburg");
    assert_eq!(caller.last(), "From Berlin to Hamburg on friday. Is that right?");
    caller.says("not friday saturday");
    assert_eq!(caller.last(), "From Berlin to Hamburg on saturday. Is that right?");
    caller.says("no on friday");
    assert_ne!(caller.last(), "From Berlin to Hamburg on friday. Is that right?", "it was declined");
}

#[test]
fn a_correction_is_taken_while_another_slot_is_asked_for() {
    let mut caller = trip();
    caller.says("from berlin to bonn").says("no to hamburg");
    assert_eq!(caller.last(), "On which day?");
    assert_eq!(caller.slot("destination").as_deref(), Some("hamburg"));
}

#[test]
fn a_plain_no_asks_what_to_change() {
    let mut caller = trip();
    caller.says("from berlin to bonn on friday").says("no");
    assert_eq!(caller.last(), "Sorry. What should I change?");
    caller.says("the day");
    assert_eq!(caller.last(), "Sorry. On which day?");
    caller.says("sunday");
    assert_eq!(caller.last(), "From Berlin to Bonn on sunday. Is that right?");
}

#[test]
fn nobody_knows_what_to_change_and_each_value_is_read_back_by_itself() {
    let mut caller = trip();
    caller.says("from berlin to bonn on friday").says("no").says("[unk] [unk]");
    assert_eq!(caller.last(), "Did you mean Berlin?");
    caller.says("yes");
    assert_eq!(caller.last(), "Did you mean Bonn?");
    caller.says("no");
    assert_eq!(caller.last(), "Sorry. Where to?");
    caller.says("hamburg").says("yes");
    assert_eq!(caller.last(), "Did you mean friday?");
    caller.says("yes").hears_all();
    assert_eq!(caller.slot("destination").as_deref(), Some("hamburg"));
    assert!(caller.hung_up.is_some());
}

#[test]
fn keys_say_no_and_each_value_is_read_back_by_itself() {
    let mut caller = trip();
    caller.says("from berlin to bonn on friday").presses("2");
    assert_eq!(caller.last(), "Did you mean Berlin?");
    caller.presses("1").presses("1").presses("1").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn an_open_question_that_is_not_answered_becomes_directed_ones() {
    let mut caller = trip();
    caller.is_silent(S(5));
    assert_eq!(caller.last(), "I did not hear you. Where do you leave from?");
    let mut caller = trip();
    caller.says("[unk] [unk] [unk]");
    assert_eq!(caller.last(), "Sorry, I did not get that. Where do you leave from?");
}

#[test]
fn a_form_without_a_say_begins_with_its_first_slot() {
    let nodes = TRIP.replace("      say: \"Where would you like to go, and when?\"\n", "");
    let mut caller = Caller::calls(&with_lists(&nodes));
    assert_eq!(caller.last(), "Where do you leave from?");
    caller.says("berlin").says("bonn").says("sunday");
    assert_eq!(caller.last(), "From Berlin to Bonn on sunday. Is that right?");
}

#[test]
fn without_a_read_back_only_what_is_unsure_is_read_back() {
    let nodes =
        TRIP.replace("      read_back: \"From {{ origin }} to {{ destination }} on {{ day }}. Is that right?\"\n", "");
    let mut caller = Caller::calls(&with_lists(&nodes));
    caller.says("from berlin to bonn on friday").hears_all();
    assert!(caller.hung_up.is_some(), "all was clear");
    let mut caller = Caller::calls(&with_lists(&nodes));
    caller.says("from berlin to bonn [unk] [unk] [unk] friday [unk] [unk] [unk] [unk]");
    assert_eq!(caller.last(), "origin Berlin, destination Bonn, day friday. Is that right?");
}

#[test]
fn a_slot_with_a_read_back_of_its_own_is_confirmed_by_itself() {
    let nodes = r#"
  first:
    form:
      confirm: never
      slots:
        account: { type: digits, length: 3, say: "Account?", read_back: "{{ account }}?" }
        plan: { type: one_of, options: { gold: { hear: [gold], press: "1" }, basic: { hear: [basic], press: "2" } }, say: "Plan?" }
      then: bye"#;
    let mut caller = Caller::calls(&with_lists(nodes));
    caller.says("one two three");
    assert_eq!(caller.last(), "one two three?");
    caller.says("no");
    assert_eq!(caller.last(), "Sorry. Account?");
    assert_eq!(caller.slot("account"), None);
    caller.presses("124").presses("1");
    assert_eq!(caller.last(), "Plan?");
    caller.presses("2").hears_all();
    assert!(caller.hung_up.is_some());
    assert_eq!(caller.slot("plan").as_deref(), Some("basic"));
}

#[test]
fn keys_typed_ahead_fill_one_slot_after_the_other() {
    let nodes = r#"
  first:
    form:
      confirm: never
      slots:
        a: { type: digits, length: 2, say: "A?" }
        b: { type: digits, length: 2, say: "B?" }
      then: bye"#;
    let mut caller = Caller::calls(&with_lists(nodes));
    caller.presses("1234").hears_all();
    assert_eq!((caller.slot("a").as_deref(), caller.slot("b").as_deref()), (Some("12"), Some("34")));
}

#[test]
fn what_was_understood_in_one_sentence_is_told_as_one_turn() {
    let mut caller = trip();
    caller.says("from berlin to bonn");
    let told = caller.turns();
    assert!(
        matches!(told[0], TurnResult::Accepted { meaning, .. } if meaning == "origin: berlin, destination: bonn"),
        "{told:?}"
    );
    let filled = caller.events().filter(|event| matches!(event, CallEvent::SlotFilled { .. })).count();
    assert_eq!(filled, 2);
}

#[test]
fn a_caller_who_corrects_for_ever_reaches_a_person() {
    let mut caller = trip();
    caller.says("from berlin to bonn on friday");
    let mut turns = 0;
    while caller.queued.is_none() && turns < 40 {
        turns += 1;
        let city = ["berlin", "munich", "hamburg", "bonn"][turns % 4];
        if caller.listening.is_some() {
            caller.says(&format!("no from {city}"));
        } else {
            caller.is_silent(S(5));
        }
    }
    assert!(caller.queued.is_some());
}

#[test]
fn chinese_sentences_fill_forms_too() {
    let yaml = r#"callwright: 1
flow: zh
language: zh
start: first
person: desk
nodes:
  first:
    form:
      say: "您想去哪里？"
      slots:
        origin: { type: one_of, label: 出发地, options: cities, hear: ["从{origin}", "{origin}出发"], say: "从哪里出发？" }
        destination: { type: one_of, label: 目的地, options: cities, hear: ["到{destination}", "去{destination}"], say: "去哪里？" }
      confirm: always
      then: bye
  desk: { queue: { name: service, if_nobody: bye } }
  bye: { hang_up: { say: "再见。" } }
lists:
  cities: { beijing: { hear: [北京], label: 北京 }, shanghai: { hear: [上海], label: 上海 }, guangzhou: { hear: [广州], label: 广州 } }
"#;
    let mut caller = Caller::calls(&flow(yaml));
    caller.says("我想 从 北京 去 上海");
    assert_eq!(caller.last(), "出发地北京，目的地上海。 对吗？");
    caller.says("不是 上海 去 广州");
    assert_eq!(caller.last(), "出发地北京，目的地广州。 对吗？");
    caller.says("对").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn a_form_that_is_come_to_again_asks_anew() {
    let again = r#"
  first:
    form:
      confirm: never
      slots:
        day: { type: one_of, options: { friday: { hear: [friday] }, sunday: { hear: [sunday] } }, say: "On which day?" }
        seat: { type: yes_no, say: "A seat?" }
      then: more
  more:
    menu:
      say: "Another one?"
      choices: { another: { hear: [another one], press: "1", goto: first }, done: { hear: [done], press: "2", goto: bye } }"#;
    let mut caller = Caller::calls(&flow(&yaml_of(again)));
    caller.says("friday").says("yes").says("another one");
    assert_eq!(caller.last(), "On which day?");
    assert_eq!(caller.slot("day").as_deref(), Some("friday"), "until it is filled again");
    caller.says("sunday");
    assert_eq!(caller.last(), "A seat?");
}
