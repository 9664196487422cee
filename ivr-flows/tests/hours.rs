//! Opening hours and holidays.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Duration;

use support::{Caller, findings, flow_of, replays, yaml_of};

const HOURS: &str = "hours:\n  service:\n    monday to friday: \"08:00-12:00, 13:00-18:00\"\n    holidays: [\"12-25\"]\n    special: { \"2026-12-24\": \"08:00-10:00\" }\n";
const NODES: &str = r#"
  first:
    when_open: { hours: service, open: welcome, closed: late }
  welcome:
    ask: { slot: sure, type: yes_no, say: "Are you sure?", then: again }
  again:
    branch:
      - { if: "open.service and sure", goto: desk }
      - { else: late }
  late:
    play: { say: "We are closed.", then: bye }"#;

fn yaml() -> String {
    yaml_of(NODES).replace("nodes:\n", &format!("{HOURS}nodes:\n"))
}

#[test]
fn a_call_in_opening_hours_goes_another_way_than_one_at_night() {
    let flow = flow_of(&[("flow.yaml", &yaml())]);
    for (at, node) in [
        ("2026-11-23T09:00", "welcome"),
        ("2026-11-23T12:30", "late"),
        ("2026-11-22T09:00", "late"),
        ("2026-12-25T09:00", "late"),
        ("2026-12-24T11:00", "late"),
        ("2026-12-24T09:30", "welcome"),
    ] {
        let caller = Caller::calls_at(&flow, at);
        assert_eq!(caller.path(), ["first", node], "{at}");
        replays(&flow, &caller);
    }
}

#[test]
fn it_may_close_during_a_call() {
    let flow = flow_of(&[("flow.yaml", &yaml())]);
    let mut caller = Caller::calls_at(&flow, "2026-11-23T17:59:58");
    caller.hears_out();
    caller.pass(Duration::from_secs(1));
    caller.says("yes");
    assert_eq!(caller.path(), ["first", "welcome", "again", "late"]);
    replays(&flow, &caller);
}

#[test]
fn without_a_clock_nobody_is_shut_out() {
    let caller = Caller::calls(&flow_of(&[("flow.yaml", &yaml())]));
    assert_eq!(caller.path(), ["first", "welcome"]);
}

#[test]
fn hours_may_have_a_file_of_their_own() {
    let shared = HOURS.replace("hours:\n", "").replace("\n  ", "\n").replace("  service:", "service:");
    let yaml = yaml_of(NODES).replace("nodes:\n", "hours: hours.yaml\nnodes:\n");
    let flow = flow_of(&[("flow.yaml", &yaml), ("hours.yaml", &shared)]);
    assert_eq!(Caller::calls_at(&flow, "2026-11-22T09:00").path(), ["first", "late"]);
}

#[test]
fn what_is_wrong_with_hours_has_its_line_and_a_fix() {
    for (from, to, message, fix) in [
        ("monday to friday", "mondy", "no day `mondy`", "write `monday`"),
        ("08:00-12:00", "8-12", "`8-12` are no hours", "\"08:00-18:00\""),
        ("\"12-25\"", "\"12-32\"", "`12-32` is no day", "every year"),
        ("hours: service", "hours: servise", "no hours `servise`", "write `service`"),
        ("open.service", "open.servise", "no variable `open.servise`", "open.service"),
    ] {
        let found = findings(&[("flow.yaml", &yaml().replacen(from, to, 1))]);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|text| text.contains(message) && text.contains(fix)), "{message}: {found:#?}");
    }
}
