//! What comes after the caller hung up, and callers who come back from a queue.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Duration;

use call_model::{CallEvent, TransferFailure};
use ivr_flows::Input;
use support::{Caller, findings, flow_of, replays, yaml_of};

const NODES: &str = r#"
  first:
    ask: { slot: account, type: digits, length: 3, say: "Account?", then: look }
  look:
    http: { service: balance, with: { account: "{{ account }}" }, if_failed: desk, then: bye }
  note:
    set: { slots: { left: "yes" }, then: tell }
  tell:
    http: { service: ticket, with: { left: "{{ left }}" }, if_failed: end, then: spoken }
  spoken:
    play: { say: "Nobody hears this.", then: end }
  end:
    menu: { say: "Nor this.", choices: { a: { press: "1", goto: bye } } }"#;

fn yaml(within: &str) -> String {
    yaml_of(NODES).replace("nodes:\n", &format!("on_hangup: {within}\nnodes:\n"))
}

#[test]
fn must_catch_the_hang_up_and_clean_up() {
    let flow = flow_of(&[("flow.yaml", &yaml("note"))]);
    assert!(!flow.warnings().iter().any(|found| found.message.contains("never reached")), "{:?}", flow.warnings());
    let mut caller = Caller::calls(&flow);
    caller.hears_out();
    caller.input(Input::CallerLeft);
    assert_eq!(caller.path(), ["first", "note", "tell"]);
    assert!(!caller.run.is_over());
    caller.answers(200, r#"{"number": "7"}"#);
    assert_eq!(caller.path(), ["first", "note", "tell", "spoken"], "what needs the caller is not done");
    assert_eq!(caller.prompts, ["Account?"]);
    assert_eq!(caller.hung_up, Some(None));
    assert!(caller.run.is_over());
    replays(&flow, &caller);
}

#[test]
fn what_takes_too_long_after_the_hang_up_is_given_up() {
    let flow = flow_of(&[("flow.yaml", &yaml("{ goto: note, within: 2s }"))]);
    let mut caller = Caller::calls(&flow);
    caller.presses("123");
    caller.input(Input::CallerLeft);
    caller.pass(Duration::from_secs(3));
    assert!(caller.run.is_over());
    assert_eq!(caller.hung_up, Some(None));
    replays(&flow, &caller);
}

#[test]
fn without_on_hangup_the_dialogue_ends_with_the_caller() {
    let flow = flow_of(&[("flow.yaml", &yaml_of("  first:\n    play: { say: \"Hello.\", then: bye }"))]);
    let mut caller = Caller::calls(&flow);
    let told = caller.records.len();
    caller.input(Input::CallerLeft);
    assert!(caller.run.is_over());
    assert_eq!(caller.records.len(), told);
    replays(&flow, &caller);
}

#[test]
fn must_result_near_end_disconnect_is_noted_after_the_caller_left_the_queue() {
    let flow = flow_of(&[("flow.yaml", &yaml("note"))]);
    let mut caller = Caller::calls(&flow);
    caller.hears_all().says("agent");
    assert!(caller.queued.is_some());
    caller.input(Input::CallerLeft);
    assert_eq!(caller.path().last(), Some(&"tell"));
    caller.fails_to_answer();
    assert!(caller.run.is_over());
    replays(&flow, &caller);
}

const QUEUE: &str = r#"
  first:
    queue:
      name: sales
      wait_at_most: 60s
      if_nobody: nobody
      if_busy: busy
      if_no_answer: rang
      if_declined: refused
      if_closed: late
      if_timeout: tired
  nobody:
    play: { say: "Nobody.", then: bye }
  busy:
    play: { say: "Busy.", then: bye }
  rang:
    play: { say: "No answer.", then: bye }
  refused:
    play: { say: "Refused.", then: bye }
  late:
    play: { say: "Closed.", then: bye }
  tired:
    play: { say: "Too long.", then: bye }"#;

#[test]
fn must_result_of_a_transfer_has_ways_of_its_own() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(QUEUE))]);
    for (why, said) in [
        (TransferFailure::Nobody, "Nobody."),
        (TransferFailure::Busy, "Busy."),
        (TransferFailure::NoAnswer, "No answer."),
        (TransferFailure::Declined, "Refused."),
        (TransferFailure::Closed, "Closed."),
        (TransferFailure::TimedOut, "Too long."),
    ] {
        let mut caller = Caller::calls(&flow);
        caller.input(Input::QueueFailed { why });
        assert_eq!(caller.last(), said);
        replays(&flow, caller.hears_all());
    }
}

#[test]
fn a_caller_waits_no_longer_than_the_flow_says() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(QUEUE))]);
    let mut caller = Caller::calls(&flow);
    caller.pass(Duration::from_secs(59));
    assert!(caller.prompts.is_empty());
    caller.pass(Duration::from_secs(1));
    assert_eq!(caller.last(), "Too long.");
    replays(&flow, &caller);
}

#[test]
fn nobody_waits_in_a_queue_that_is_closed() {
    let yaml = yaml_of(QUEUE).replace("nodes:\n", "hours: { sales: { monday to friday: \"08:00-18:00\" } }\nnodes:\n");
    let flow = flow_of(&[("flow.yaml", &yaml)]);
    let caller = Caller::calls_at(&flow, "2026-11-22T10:00");
    assert_eq!(caller.last(), "Closed.");
    assert!(caller.queued.is_none());
    assert!(caller.events().any(|e| matches!(e, CallEvent::QueueLeft { why: TransferFailure::Closed, .. })));
    replays(&flow, &caller);
    assert!(Caller::calls_at(&flow, "2026-11-23T10:00").queued.is_some());
}

#[test]
fn what_is_wrong_with_leaving_has_its_line_and_a_fix() {
    for (text, message, fix) in [
        (yaml("nowhere"), "no node `nowhere`", "add a node"),
        (yaml("{ goto: note, within: 1min }"), "`within` of 60s makes no sense", "to 20s"),
        (yaml_of(&QUEUE.replace("if_busy: busy", "if_bussy: busy")), "no key `if_bussy`", "write `if_busy`"),
        (yaml_of(&QUEUE.replace("60s", "2s")), "`wait_at_most` of 2s", "from 10s"),
    ] {
        let found: Vec<String> = findings(&[("flow.yaml", &text)]).iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|d| d.contains(message) && d.contains(fix)), "{message}: {found:#?}");
    }
}

const TRANSFER: &str = r#"
  first:
    transfer: { to: "+49 30 123456", say: "I will connect you.", ring: 20s, if_busy: busy, if_no_answer: rang, if_failed: desk }
  busy:
    play: { say: "Busy.", then: bye }
  rang:
    play: { say: "No answer.", then: bye }"#;

#[test]
fn must_transfer_with_connecttimeout() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(TRANSFER))]);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "I will connect you.");
    caller.hears_out();
    assert_eq!(caller.queued, Some(("+4930123456".into(), "20".into())));
    assert!(caller.events().any(|e| matches!(e, CallEvent::TransferStarted { to } if to == "+4930123456")));
    replays(&flow, &caller);
}

#[test]
fn a_transfer_that_fails_goes_on_by_its_reason() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(TRANSFER))]);
    for (why, node) in [
        (TransferFailure::Busy, "busy"),
        (TransferFailure::NoAnswer, "rang"),
        (TransferFailure::Declined, "desk"),
        (TransferFailure::Nobody, "desk"),
    ] {
        let mut caller = Caller::calls(&flow);
        caller.hears_out();
        caller.input(Input::QueueFailed { why });
        assert_eq!(caller.path().last(), Some(&node));
        replays(&flow, &caller);
    }
}

#[test]
fn a_transfer_to_nowhere_is_found_when_the_flow_is_loaded() {
    let found = findings(&[("flow.yaml", &yaml_of(&TRANSFER.replace("+49 30 123456", "030 123456")))]);
    assert!(
        found.iter().any(|d| d.message.contains("nobody can be called") && d.fix.contains("country code")),
        "{found:?}"
    );
}
