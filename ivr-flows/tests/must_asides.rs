//! MUST: universals and links active everywhere. What is said in the middle of a question leaves the question open.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use call_model::TurnResult;
use ivr_flows::Flow;
use support::{Caller, flow, nodes, yaml_of};

const S: fn(u64) -> Duration = Duration::from_secs;

const NODES: &str = r#"
  first:
    menu:
      say: "Bill or complaint?"
      say_again: "Say bill, or complaint."
      help: "Say bill to hear what you owe."
      questions:
        which: { hear: [which bill], say: "The one of this month." }
      choices:
        bill: { hear: [my bill, what do i owe], press: "1", goto: tell }
        staff: { hear: [rude employee], press: "2", goto: desk }
  tell:
    play: { say: "You owe three dollars.", then: account }
  account:
    ask: { slot: account, type: digits, length: 3, say: "Account?", then: trip }
  trip:
    form:
      say: "From where to where?"
      confirm: never
      slots:
        origin: { type: one_of, options: { berlin: { hear: [berlin] }, bonn: { hear: [bonn] } }, hear: ["from {origin}"], say: "From where?" }
        target: { type: one_of, options: { berlin: { hear: [berlin] }, bonn: { hear: [bonn] } }, hear: ["to {target}"], say: "To where?" }
      then: bye"#;

const GLOBALS: &str = r#"
globals:
  hours: { hear: [opening hours, when are you open], say: "From eight to six." }
  start_over: { hear: [start over], press: "9", goto: first }
  louder: { hear: [speak up please], does: repeat }
"#;

fn with_globals() -> Arc<Flow> {
    flow(&yaml_of(NODES).replace("nodes:\n", &format!("{}nodes:\n", GLOBALS.trim_start())))
}

fn caller() -> Caller {
    Caller::calls(&with_globals())
}

#[test]
fn must_universals_repeat_says_again_what_was_heard_last() {
    let mut caller = caller();
    caller.hears_out().says("repeat that");
    assert_eq!(caller.last(), "Bill or complaint?");
    caller.says("my bill").hears_out();
    assert_eq!(caller.last(), "Account?");
    caller.says("repeat");
    assert_eq!(caller.last(), "You owe three dollars. Account?", "what came before the question is repeated, too");
    caller.says("one two three").says("speak up please");
    assert_eq!(caller.last(), "From where to where?");
}

#[test]
fn must_universals_help_explains_the_question() {
    let mut caller = caller();
    caller.hears_out().says("help");
    assert_eq!(caller.last(), "Say bill to hear what you owe.");
    caller.says("my bill").hears_out().says("help");
    assert!(caller.last().ends_with("agent. Account?"), "{}", caller.last());
}

#[test]
fn must_universals_back_returns_to_the_question_before() {
    let mut caller = caller();
    caller.says("my bill").hears_out().says("one two three");
    assert_eq!(caller.last(), "From where to where?");
    caller.says("from berlin").says("go back");
    assert_eq!(caller.last(), "From where?", "the last slot is asked for again");
    caller.says("go back");
    assert_eq!(caller.last(), "Account?");
    caller.presses("124").says("from bonn to berlin").hears_all();
    assert_eq!(caller.slot("account").as_deref(), Some("124"));
    assert!(caller.hung_up.is_some());
}

#[test]
fn must_universals_a_person_is_asked_for_in_the_middle_of_a_form() {
    let mut caller = caller();
    caller.presses("1").hears_out().presses("123").says("agent");
    assert!(caller.queued.is_some());
}

#[test]
fn must_globals_a_question_in_the_middle_is_answered_and_the_open_one_resumed() {
    let mut caller = caller();
    caller.presses("1").hears_out().presses("123").says("from berlin").says("when are you open");
    assert_eq!(caller.last(), "From eight to six. To where?");
    assert_eq!(caller.slot("origin").as_deref(), Some("berlin"), "nothing is lost");
    caller.says("to bonn").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn must_globals_a_way_out_is_active_everywhere_by_speech_and_by_key() {
    let mut caller = caller();
    caller.says("my bill").hears_out().says("one two three").says("start over");
    assert_eq!(caller.last(), "Bill or complaint?");
    let mut caller = self::caller();
    caller.presses("9");
    assert_eq!(caller.path(), ["first", "first"]);
}

#[test]
fn a_question_of_one_node_is_not_known_elsewhere() {
    let mut caller = caller();
    caller.hears_out().says("which bill");
    assert_eq!(caller.last(), "The one of this month. Bill or complaint?");
}

#[test]
fn hold_on_stops_the_clocks_for_a_minute() {
    let mut caller = caller();
    caller.hears_out().says("hold on");
    assert_eq!(caller.last(), "Take your time.");
    caller.hears_out().pass(S(57));
    assert_eq!(caller.last(), "Take your time.", "nothing is asked meanwhile");
    caller.pass(S(1));
    assert_eq!(caller.last(), "Are you still there? Bill or complaint?");
    caller.hears_out().pass(S(5));
    assert!(caller.last().starts_with("I did not hear you."), "the clocks run again");
}

#[test]
fn a_caller_who_holds_on_is_understood_and_not_when_speaking_with_others() {
    let mut caller = caller();
    caller.hears_out().says("wait a moment").hears_out().says("[unk] [unk]");
    assert_eq!(caller.last(), "Take your time.", "that was not for us");
    assert!(!caller.turns().iter().any(|turn| matches!(turn, TurnResult::NoMatch)));
    caller.says("my bill");
    assert_eq!(caller.path(), ["first", "tell"]);
}

#[test]
fn hold_on_is_understood_among_digits_and_in_a_form() {
    let mut caller = caller();
    caller.says("my bill").hears_out().says("hold on");
    assert_eq!(caller.last(), "Take your time.");
    caller.hears_out().says("one two three").says("from berlin").says("hold on").hears_out().says("bonn").hears_all();
    assert_eq!(caller.slot("target").as_deref(), Some("bonn"));
}

#[test]
fn who_asks_for_ever_in_the_middle_of_a_question_reaches_a_person() {
    let mut caller = caller();
    for _ in 0..30 {
        if caller.queued.is_none() {
            caller.says("repeat");
        }
    }
    assert!(caller.queued.is_some());
}

#[test]
fn a_choice_may_have_the_words_of_a_universal() {
    let own = r#"
  first:
    menu: { say: "Yes?", choices: { help: { hear: [help, i need help], press: "1", goto: bye }, b: { hear: [my card], goto: bye } } }"#;
    let mut caller = Caller::calls(&nodes(own));
    caller.says("help").hears_all();
    assert!(caller.hung_up.is_some());
}

#[test]
fn chinese_universals_are_understood() {
    let yaml = r#"callwright: 1
flow: zh
language: zh
start: first
person: desk
nodes:
  first:
    menu: { say: "账单还是投诉？", choices: { bill: { hear: [账单], press: "1", goto: bye }, staff: { hear: [投诉], press: "2", goto: desk } } }
  desk: { queue: { name: service, if_nobody: bye } }
  bye: { hang_up: { say: "再见。" } }
"#;
    let mut caller = Caller::calls(&flow(yaml));
    caller.hears_out().says("等一下");
    assert_eq!(caller.last(), "好的，请慢慢来。");
    caller.hears_out().says("重听");
    assert_eq!(caller.prompts.len(), 3);
    caller.says("人工");
    assert!(caller.queued.is_some());
}
