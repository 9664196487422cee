//! Values in the sentence that chooses at an open menu fill the form that the choice leads to.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;

use call_model::Heard;
use ivr_flows::Flow;
use jiff::civil::date;
use support::{Caller, flow_of, yaml_of};

const VERIFY: &str = r#"
callwright: 1
flow: verify
returns: { verified: yes_no }
start: pin
nodes:
  pin: { ask: { slot: pin, type: digits, length: 2, say: "Your PIN?", then: back } }
  back: { return: { verified: "yes" } }
"#;

fn flow(slots: &str, goto: &str) -> Arc<Flow> {
    flow_of(&[("flow.yaml", &yaml(slots, goto)), ("verify.yaml", VERIFY)])
}

fn yaml(slots: &str, goto: &str) -> String {
    yaml_of(&format!(
        r#"
  first:
    menu:
      open: true
      say: "How can I help you?"
      choices:
        transfer:
          hear: [make a transfer, send money]
          examples: [i want to transfer money to somebody, please transfer some dollars to an account, move money to my savings, pay somebody from my account]
          press: "1"
          goto: {goto}
        staff:
          hear: [make a complaint]
          examples: [your employee was rude to me, i am not happy with the service, nobody calls me back, somebody was impolite]
          press: "2"
          goto: desk
  verify:
    call: {{ flow: verify, save: {{ proved: verified }}, then: form }}
  form:
    form:
      say: "How much, and to whom?"
      slots:
{slots}
      then: again
  again:
    form:
      slots: {{ tip: {{ type: money, say: "And the tip?" }} }}
      then: bye
"#
    ))
}

const SLOTS: &str = r#"
        amount: { type: money, say: "How much?" }
        target: { type: one_of, hear: ["to {target}"], options: { savings: { hear: [savings, my savings], press: "1" }, anna: { hear: [anna], press: "2" } }, say: "To whom?" }
        day: { type: date, say: "On which day?" }"#;

fn calls(flow: &Arc<Flow>) -> Caller {
    let local = Some(date(2026, 11, 24).at(10, 0, 0, 0));
    Caller::calls_with(flow, ivr_flows::Start { seed: 7, local, ..ivr_flows::Start::default() })
}

fn says_freely(caller: &mut Caller, grammar: &str, free: &str) {
    let (order, request) = caller.listening.take().expect("somebody listens");
    assert!(request.free);
    let heard = Heard { free: Some(free.to_owned()), ..support::heard(grammar, 1.0) };
    caller.playing = None;
    caller.input(ivr_flows::Input::Heard { order, heard });
}

const SENTENCE: &str = "i want to transfer fifty dollars to my savings";

#[test]
fn values_of_the_choosing_sentence_are_not_asked_for_again() {
    let flow = flow(SLOTS, "form");
    let mut caller = calls(&flow);
    says_freely(&mut caller, "[unk]", SENTENCE);
    assert_eq!(caller.last(), "On which day?", "{:?}", caller.turns());
    assert_eq!(caller.slot("amount").as_deref(), Some("50.00"));
    assert_eq!(caller.slot("target").as_deref(), Some("savings"));
    caller.says("tomorrow");
    let read_back = caller.last().to_owned();
    assert!(read_back.starts_with("amount 50 dollars, target savings"), "nobody was asked for them: {read_back}");
    caller.says("no sixty");
    caller.says("yes");
    assert_eq!(caller.slot("amount").as_deref(), Some("60.00"));
    assert_eq!(caller.last(), "And the tip?", "what was carried counts once");
}

#[test]
fn a_choice_that_is_asked_back_keeps_its_sentence() {
    let doubtful = yaml(SLOTS, "form")
        .replace("open: true", "open: true\n      certainty: { accept: 100, confirm: 20, margin: 1 }");
    let flow = flow_of(&[("flow.yaml", &doubtful), ("verify.yaml", VERIFY)]);
    let mut caller = calls(&flow);
    says_freely(&mut caller, "[unk]", "nobody pays fifty dollars for me");
    assert!(caller.last().starts_with("Did you mean"), "{} {:?}", caller.last(), caller.turns());
    caller.presses("1");
    assert_eq!(caller.last(), "To whom?");
    assert_eq!(caller.slot("amount").as_deref(), Some("50.00"));
}

#[test]
fn a_sub_flow_on_the_way_does_not_take_what_is_meant_for_the_form() {
    let flow = flow(SLOTS, "verify");
    let mut caller = calls(&flow);
    says_freely(&mut caller, "[unk]", SENTENCE);
    assert_eq!(caller.last(), "Your PIN?");
    caller.presses("12");
    assert_eq!(caller.last(), "On which day?");
}

#[test]
fn sensitive_slots_are_asked_for_all_the_same() {
    let slots = SLOTS.replace("amount: { type: money,", "amount: { type: money, sensitive: true,");
    let flow = flow(&slots, "form");
    let mut caller = calls(&flow);
    says_freely(&mut caller, "[unk]", SENTENCE);
    assert_eq!(caller.last(), "How much?");
    assert_eq!(caller.slot("target").as_deref(), Some("savings"));
}

#[test]
fn a_slot_that_is_confirmed_is_read_back_at_once() {
    let slots = SLOTS.replace("amount: { type: money,", "amount: { type: money, read_back: \"{{ amount }}, right?\",");
    let flow = flow(&slots, "form");
    let mut caller = calls(&flow);
    says_freely(&mut caller, "[unk]", SENTENCE);
    assert_eq!(caller.last(), "50 dollars, right?");
    caller.says("no");
    assert_eq!(caller.last(), "Sorry. How much?");
}

#[test]
fn keys_carry_nothing_and_neither_does_a_sentence_without_values() {
    let flow = flow(SLOTS, "form");
    let mut caller = calls(&flow);
    caller.presses("1");
    assert_eq!(caller.last(), "How much, and to whom?");
    let mut caller = calls(&flow);
    says_freely(&mut caller, "send money", "i would like to send money");
    assert_eq!(caller.last(), "How much, and to whom?");
}
