//! Sensitive slots: no event, transcript, handover or whisper holds their value, and the recording is silent.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Instant;

use call_model::CallEvent;
use ivr_flows::{Divergence, replay};
use support::{Caller, flow, nodes, yaml_of};

const NODES: &str = r#"
  first:
    ask: { slot: pin, type: digits, length: 4, sensitive: true, say: "Your PIN?", read_back: "{{ pin }}. Right?", then: check }
  check:
    http: { service: balance, with: { account: "{{ pin }}" }, if_failed: desk, then: route }
  route:
    branch:
      - { if: "pin == '4711'", goto: tell }
      - { else: desk }
  tell:
    play: { say: "Your PIN is {{ pin }}.", then: desk }"#;

fn shown(caller: &Caller) -> String {
    let handover = caller.run.handover();
    format!("{:?} {:?} {:?} {:?}", caller.records, handover, caller.queued, caller.hung_up)
}

fn assert_hidden(caller: &Caller) {
    let shown = shown(caller);
    for secret in ["4711", "four seven one one", "'4'", "'7'"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_sensitive_value_is_in_no_record() {
    for spoken in [true, false] {
        let mut caller = Caller::calls(&nodes(NODES));
        if spoken {
            caller.says("four seven one one").says("yes");
        } else {
            caller.presses("4711").presses("1");
        }
        assert!(caller.fetch.as_ref().unwrap().1.url.ends_with("/4711"), "the service is told it");
        caller.answers(200, r#"{"amount": 1, "name": "4711"}"#).hears_all();
        assert_eq!(caller.path(), ["first", "check", "route", "tell", "desk"], "conditions know it");
        assert!(caller.prompts.iter().any(|prompt| prompt == "four seven one one. Right?"), "the caller hears it");
        assert_hidden(&caller);
        let filled = caller.events().find(|event| matches!(event, CallEvent::SlotFilled { .. }));
        assert!(matches!(filled, Some(CallEvent::SlotFilled { value, .. }) if value == "[withheld]"), "{filled:?}");
        assert_eq!(caller.slot("pin"), None, "the agent does not see it");
    }
}

#[test]
fn the_recording_is_silent_from_the_question_to_the_end_of_its_confirmation() {
    let mut caller = Caller::calls(&nodes(NODES));
    assert!(caller.muted);
    caller.says("four seven one one");
    assert!(caller.muted, "it is read back");
    caller.says("yes");
    assert!(!caller.muted);
}

#[test]
fn keys_that_are_typed_ahead_of_the_question_are_kept_back_too() {
    let ahead = r#"
  first:
    play: { say: "Welcome.", then: pin }
  pin:
    ask: { slot: pin, type: digits, length: 4, sensitive: true, say: "Your PIN?", then: bye }"#;
    let mut caller = Caller::calls(&nodes(ahead));
    caller.presses("4711").hears_all();
    assert!(caller.hung_up.is_some());
    assert_hidden(&caller);
}

#[test]
fn a_call_with_a_sensitive_answer_runs_again_up_to_it() {
    let flow = nodes(NODES);
    let mut caller = Caller::calls(&flow);
    caller.presses("4711").presses("1");
    let found = replay(flow, &caller.records, Instant::now());
    assert!(matches!(found, Err(Divergence::Withheld { .. })), "{found:?}");
}

#[test]
fn a_sensitive_slot_of_a_form_is_asked_for_by_its_own_question_only() {
    let form = r#"
  first:
    form:
      say: "How can we help?"
      confirm: always
      slots:
        plan: { type: one_of, options: { gold: { hear: [gold] }, basic: { hear: [basic] } }, say: "Plan?" }
        pin: { type: digits, length: 4, sensitive: true, say: "PIN?" }
      then: desk"#;
    let mut caller = Caller::calls(&nodes(form));
    assert!(!caller.muted);
    assert!(!caller.listening.as_ref().unwrap().1.phrases.iter().any(|phrase| phrase == "four"));
    caller.says("gold");
    assert_eq!(caller.last(), "PIN?");
    assert!(caller.muted);
    caller.says("four seven one one");
    assert_eq!(caller.last(), "plan gold, pin four seven one one. Is that right?");
    caller.says("yes");
    assert!(caller.queued.is_some() && !caller.muted);
    assert_eq!(caller.slot("plan").as_deref(), Some("gold"));
    assert_hidden(&caller);
}

#[test]
fn a_whisper_does_not_tell_it() {
    let whisper = yaml_of(
        "\n  first:\n    ask: { slot: pin, type: digits, length: 4, sensitive: true, say: \"PIN?\", then: desk }",
    )
    .replace("whisper: \"{{ intent }}\"", "whisper: \"PIN {{ pin }}\"");
    let mut caller = Caller::calls(&flow(&whisper));
    caller.presses("4711");
    assert_eq!(caller.queued.as_ref().unwrap().1, "PIN [withheld]");
}

#[test]
fn a_longer_number_that_begins_like_a_pin_is_kept_whole() {
    let order = r#"
  first:
    ask: { slot: pin, type: digits, length: 4, sensitive: true, say: "Your PIN?", then: order }
  order:
    ask: { slot: order, type: digits, length: 6, say: "Your order?", then: tell }
  tell:
    play: { say: "Order {{ order }} and PIN {{ pin }}.", then: desk }"#;
    let mut caller = Caller::calls(&nodes(order));
    caller.says("one two three four").says("one two three four five six").hears_all();
    assert_eq!(caller.slot("order").as_deref(), Some("123456"));
    let shown = shown(&caller);
    assert!(shown.contains("one two three, four five six and PIN [withheld]"), "{shown}");
    assert!(!shown.contains("[withheld]56") && !shown.contains("[withheld] five"), "{shown}");
    let filled: Vec<String> = caller
        .events()
        .filter_map(|event| match event {
            CallEvent::SlotFilled { value, .. } => Some(value.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(filled, ["[withheld]", "123456"]);
}
