//! Options that a service answers.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;

use ivr_flows::Flow;
use support::{Caller, findings, flow_of, yaml_of};

const SERVICES: &str = r#"
plans:
  url: "http://127.0.0.1/plans/{{ account }}"
  fields: { offers: { list: { label: text, value: digits } } }
branches: { url: "http://127.0.0.1/branches", fields: { open: { list: text } } }
both: { url: "http://127.0.0.1/both", fields: { a: { list: text }, b: { list: text } } }
poor: { url: "http://127.0.0.1/poor", fields: { amount: money } }
wide: { url: "http://127.0.0.1/wide", fields: { rows: { list: { a: text, b: text, c: number } } } }
"#;

const ASK: &str = r#"
  first:
    ask:
      slot: plan
      type: one_of
      options_from: plans
      with: { account: "102" }
      say: "Which plan? {{ choices }}"
      if_failed: sorry
      then: told
  told:
    play: { say: "You have {{ plan }}, number {{ plan | name }}.", then: sort }
  sort:
    branch: [{ if: "plan == '12'", goto: bye }, { else: desk }]
  sorry:
    play: { say: "No plans today.", then: bye }"#;

const OFFERS: &str = r#"{"offers": [{"label": "Green 500", "value": "7"}, {"label": "Blue (big)", "value": "12"}]}"#;

fn with_services(nodes: &str) -> Arc<Flow> {
    flow_of(&[("flow.yaml", &yaml_of(nodes)), ("services.yaml", SERVICES)])
}

#[test]
fn options_of_a_service_are_offered_heard_and_told_by_their_texts() {
    let flow = with_services(ASK);
    let mut caller = Caller::calls(&flow);
    assert!(caller.fetch.as_ref().is_some_and(|(_, request)| request.url == "http://127.0.0.1/plans/102"));
    caller.answers(200, OFFERS);
    assert_eq!(caller.last(), "Which plan? for Green 500 press 1, for Blue (big) press 2.");
    let (_, request) = caller.listening.clone().unwrap();
    assert!(request.phrases.iter().any(|phrase| phrase == "blue big"), "{:?}", request.phrases);
    assert!(request.phrases.iter().any(|phrase| phrase == "green five zero zero"), "{:?}", request.phrases);
    caller.says("blue big");
    assert_eq!(caller.slot("plan").as_deref(), Some("12"));
    assert_eq!(caller.last(), "You have Blue (big), number one two.");
    caller.hears_all();
    assert_eq!(caller.path(), ["first", "first.ask", "told", "sort", "bye"]);
}

#[test]
fn options_of_a_service_are_pressed_by_their_order() {
    let mut caller = Caller::calls(&with_services(ASK));
    caller.answers(200, OFFERS).presses("1").hears_all();
    assert_eq!(caller.slot("plan").as_deref(), Some("7"));
    assert!(caller.queued.is_some());
}

#[test]
fn a_service_that_fails_or_has_nothing_to_offer_leads_where_the_designer_says() {
    for answer in [(500, ""), (200, r#"{"offers": []}"#), (200, r#"{"offers": [{"label": "x"}]}"#)] {
        let mut caller = Caller::calls(&with_services(ASK));
        caller.answers(answer.0, answer.1);
        assert_eq!(caller.last(), "No plans today.", "{answer:?}");
    }
    let nodes = ASK.replace("      if_failed: sorry\n", "").replace("{ else: desk }", "{ else: sorry }");
    let mut caller = Caller::calls(&with_services(&nodes));
    caller.fails_to_answer();
    assert!(caller.queued.is_some(), "without `if_failed` a person helps");
}

#[test]
fn a_form_asks_its_services_first_and_hears_their_options_in_one_sentence() {
    let nodes = r#"
  first:
    form:
      say: "Which plan, and at which branch? We have {{ plan_choices }}"
      confirm: always
      slots:
        plan: { type: one_of, options_from: plans, with: { account: "102" }, hear: ["the {plan} plan"], say: "Which plan?" }
        branch: { type: one_of, options_from: branches, say: "Which branch?" }
      then: bye"#;
    let mut caller = Caller::calls(&with_services(nodes));
    caller.answers(200, OFFERS).answers(200, r#"{"open": ["North Gate", "South Gate"]}"#);
    assert_eq!(caller.path(), ["first", "first.options_2", "first.form"]);
    assert!(caller.last().ends_with("We have for Green 500 press 1, for Blue (big) press 2."), "{}", caller.last());
    caller.says("the blue big plan at the south gate");
    assert_eq!(caller.last(), "plan Blue (big), branch South Gate. Is that right?");
    caller.says("no not blue big green five zero zero");
    assert_eq!(caller.last(), "plan Green 500, branch South Gate. Is that right?");
    caller.says("yes").hears_all();
    assert_eq!(caller.slot("plan").as_deref(), Some("7"));
    assert_eq!(caller.slot("branch").as_deref(), Some("South Gate"));
}

#[test]
fn a_list_that_cannot_be_options_is_told_when_the_flow_is_read() {
    let cases = [
        ("options_from: plan", "no service `plan`", "write `plans`"),
        ("options_from: poor", "answers no list", "declare one"),
        ("options_from: both", "several lists", "`both.a`"),
        ("options_from: both.c", "no list `c`", "`both.a`"),
        ("options_from: wide", "do not say what is said", "label: text, value: digits"),
        ("options_from: branches, options: { a: { press: \"1\" } }", "stands beside", "keep `options`"),
    ];
    for (from, message, fix) in cases {
        let nodes = format!("  first:\n    ask: {{ slot: a, type: one_of, {from}, say: Hi, then: bye }}");
        let found = findings(&[("flow.yaml", &yaml_of(&nodes)), ("services.yaml", SERVICES)]);
        let answer = found.iter().find(|found| found.message.contains(message));
        let answer = answer.unwrap_or_else(|| panic!("{from}: {found:#?}"));
        assert!(answer.fix.contains(fix) && answer.line == 9, "{answer}");
    }
    let nodes = "  first:\n    ask: { slot: a, type: date, options_from: branches, say: Hi, then: bye }";
    let found = findings(&[("flow.yaml", &yaml_of(nodes)), ("services.yaml", SERVICES)]);
    assert!(found.iter().any(|found| found.message.contains("`date` has no options")), "{found:#?}");
}
