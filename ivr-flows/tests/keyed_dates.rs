//! Days and times by keys, for callers who cannot be understood.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;

use ivr_flows::{Flow, Start};
use jiff::civil::date;
use support::{Caller, flow, nodes, yaml_of};

const TABLE: &str = r#"
  first:
    form:
      say: "When would you like a table?"
      slots:
        day: { type: date, in_the: future, say: "On which day?" }
        at: { type: time, say: "At what time?" }
      then: bye"#;

fn calls(flow: &Arc<Flow>) -> Caller {
    let local = Some(date(2026, 11, 24).at(10, 0, 0, 0));
    Caller::calls_with(flow, Start { seed: 7, local, ..Start::default() })
}

#[test]
fn a_form_with_a_day_and_a_time_is_finished_by_keys_only() {
    let mut caller = calls(&nodes(TABLE));
    caller.recogniser_fails();
    assert_eq!(
        caller.last(),
        "On which day? Please key in two digits for the day and two for the month. You may add four for the year."
    );
    caller.presses("2412#");
    assert!(caller.last().starts_with("At what time? Please key in the time with four digits"), "{}", caller.last());
    caller.presses("1930").hears_all();
    assert_eq!(caller.slot("day").as_deref(), Some("2026-12-24"));
    assert_eq!(caller.slot("at").as_deref(), Some("19:30"));
    assert!(caller.hung_up.is_some());
}

#[test]
fn two_failures_tell_how_a_day_is_keyed_in() {
    let mut caller = calls(&nodes(TABLE));
    caller.says("[unk]").says("[unk]").says("[unk]");
    assert!(caller.last().contains("On which day? Please key in two digits for the day"), "{}", caller.last());
    assert!(caller.listening.is_none());
    caller.presses("0101").pass(std::time::Duration::from_secs(4));
    assert_eq!(caller.slot("day").as_deref(), Some("2027-01-01"), "without its year it is the next one to come");
}

#[test]
fn a_day_that_is_none_or_over_is_refused_and_told_why() {
    let mut caller = calls(&nodes(TABLE));
    caller.says("[unk]").presses("3102#");
    assert_eq!(caller.last(), "There is no such day. On which day?");
    caller.presses("24112025");
    assert_eq!(caller.slot("day"), None);
    assert!(caller.last().starts_with("That day is over."), "{}", caller.last());
    caller.presses("24112027").presses("2561");
    assert_eq!(caller.last(), "There is no such time. At what time?");
}

#[test]
fn a_zero_alone_still_asks_for_a_person() {
    let mut caller = calls(&nodes(TABLE));
    caller.says("[unk]").presses("0").pass(std::time::Duration::from_secs(4));
    assert!(caller.queued.is_some());
}

#[test]
fn every_language_has_its_order_and_tells_it() {
    let ask = "  first:\n    ask: { slot: when, type: date_time, say: \"?\", input: [keys], then: bye }";
    let cases = [
        ("en", "24121530#", "the day, the month"),
        ("en-US", "12241530#", "the month, the day"),
        ("zh", "12241530#", "月、日、时、分"),
        ("ko", "202612241530", "월, 일, 시, 분"),
    ];
    for (language, keys, told) in cases {
        let flow = flow(&yaml_of(ask).replace("language: en", &format!("language: {language}")));
        let mut caller = calls(&flow);
        assert!(caller.last().contains(told), "{language}: {}", caller.last());
        caller.presses(keys).hears_all();
        assert_eq!(caller.slot("when").as_deref(), Some("2026-12-24T15:30"), "{language}");
    }
}
