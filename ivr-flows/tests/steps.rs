//! Steps that are made of others: an answer of a service, and what follows here.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Duration;

use call_model::{CallEvent, ServiceKind};
use ivr_flows::{FetchFailure, Input};
use support::{Caller, findings, flow_of, nodes, replays, yaml_of};

const ANSWER: &str = r#"
  first:
    answer: { from: balance, with: { account: "102" }, say_while: "One moment.", say: "You owe {{ balance.amount }}.", if_failed: desk, then: bye }"#;

#[test]
fn a_service_answers_in_one_step() {
    let flow = nodes(ANSWER);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "One moment.");
    caller.answers(200, r#"{"amount": 42.1, "name": "Ann"}"#).hears_out();
    assert_eq!(caller.last(), "You owe 42 dollars and 10 cents.");
    caller.hears_all();
    assert_eq!(caller.path(), ["first", "first.say", "bye"]);
    replays(&flow, &caller);
}

#[test]
fn a_service_that_fails_leads_where_the_designer_said() {
    let flow = nodes(ANSWER);
    let mut caller = Caller::calls(&flow);
    caller.answers(200, r#"{"amount": "much"}"#).hears_all();
    assert_eq!(caller.path(), ["first", "desk"]);
    replays(&flow, &caller);
}

const SERVICES: &str = r#"
balance:
  url: "http://bank.example/balance/{{ account }}"
  retries: 2
  secret: balance_token
  allow_private: true
  fields: { amount: money, plan: { one_of: [green, basic] }, nick: { type: text, optional: true } }
  recorded:
    - { when: { account: "500" }, status: 503 }
    - { when: { account: "600" }, failure: timed_out }
    - { answer: { amount: 42.1, plan: green } }
pay:
  url: "http://bank.example/pay"
  method: post
  retries: 1
  secret: { name: pay_key, header: x-api-key }
"#;

fn with_services(nodes: &str) -> std::sync::Arc<ivr_flows::Flow> {
    flow_of(&[("flow.yaml", &yaml_of(nodes)), ("services.yaml", SERVICES)])
}

fn problems(caller: &Caller) -> Vec<String> {
    let ended = caller.events().filter_map(|event| match event {
        CallEvent::FetchEnded { problem, .. } => Some(problem.clone().unwrap_or_default()),
        _ => None,
    });
    ended.collect()
}

const PLAN: &str = r#"
  first:
    answer: { from: balance, with: { account: "102" }, say: "{{ balance.amount }} on {{ balance.plan }}.", if_unknown: nobody, if_failed: desk, then: bye }
  nobody:
    play: { say: "There is no such account.", then: bye }"#;

#[test]
fn must_fetchtimeout_fetchaudio_and_badfetch() {
    let flow = with_services(PLAN);
    let mut caller = Caller::calls(&flow);
    for _ in 0..3 {
        caller.fails_to_answer();
        caller.pass(Duration::from_millis(300));
    }
    assert_eq!(caller.path(), ["first", "desk"], "two retries, then the way that the designer named");
    assert_eq!(problems(&caller), ["timed_out"; 3]);
    replays(&flow, &caller);
}

#[test]
fn a_service_that_recovers_is_asked_again_with_the_same_key() {
    let paying = "  first:\n    http: { service: pay, with: { amount: \"12\" }, say_while: \"One moment.\", if_failed: desk, then: bye }";
    let flow = with_services(paying);
    let mut caller = Caller::calls(&flow);
    let key = |caller: &Caller| {
        let (_, request) = caller.fetch.clone().expect("the service is asked");
        request.headers.into_iter().find(|(name, _)| name == "idempotency-key").expect("it has a key").1
    };
    let first = key(&caller);
    caller.answers(502, "").pass(Duration::from_millis(300));
    assert_eq!(key(&caller), first);
    assert_eq!(caller.prompts, ["One moment."], "the filler is not said again");
    caller.answers(200, "").hears_all();
    assert_eq!(caller.path(), ["first", "bye"]);
    replays(&flow, &caller);
}

#[test]
fn an_answer_of_another_shape_fails_with_its_reason_and_is_not_asked_again() {
    let huge = "x".repeat(ivr_flows::LARGEST_ANSWER + 1);
    for (body, reason) in [
        ("<html>", "the answer is not JSON"),
        (r#"{"plan": "green"}"#, "`amount` is missing"),
        (r#"{"amount": "much", "plan": "green"}"#, "`amount` is not money"),
        (r#"{"amount": 1, "plan": "gold"}"#, "`plan` is not one of a list"),
        (&huge, "too_large"),
    ] {
        let flow = with_services(PLAN);
        let mut caller = Caller::calls(&flow);
        caller.answers(200, body);
        assert_eq!(caller.path(), ["first", "desk"], "{reason}");
        assert_eq!(problems(&caller), [reason]);
        replays(&flow, &caller);
    }
}

#[test]
fn what_is_not_known_has_its_own_way() {
    let flow = with_services(PLAN);
    let mut caller = Caller::calls(&flow);
    caller.answers(404, "").hears_all();
    assert_eq!(caller.path(), ["first", "nobody", "bye"]);
    replays(&flow, &caller);
}

#[test]
fn a_refused_address_is_a_failure_at_once() {
    let mut caller = Caller::calls(&with_services(PLAN));
    let (order, _) = caller.fetch.take().unwrap();
    caller.input(Input::Fetched { order, result: Err(FetchFailure::Refused) });
    assert_eq!(problems(&caller), ["refused"]);
    assert!(caller.queued.is_some());
}

#[test]
fn a_secret_goes_by_its_name() {
    let caller = Caller::calls(&with_services(PLAN));
    let (_, request) = caller.fetch.clone().unwrap();
    let secret = request.secret.unwrap();
    assert_eq!(
        (secret.name.as_str(), secret.header.as_str(), secret.before.as_str()),
        ("balance_token", "authorization", "Bearer ")
    );
    assert!(request.allow_private);
    let wrong = SERVICES.replace("secret: balance_token", "secret: \"Bearer abc.DEF\"");
    let found = findings(&[("flow.yaml", &yaml_of(PLAN)), ("services.yaml", &wrong)]);
    assert!(found.iter().any(|d| d.line == 5 && d.message.contains("no name of a secret")), "{found:?}");
}

#[test]
fn answers_are_written_down_for_tests() {
    for (account, path) in [("102", "first.say"), ("500", "desk"), ("600", "desk")] {
        let mut caller = Caller::calls(&with_services(&PLAN.replace("\"102\"", &format!("\"{account}\""))));
        while let Some((order, _)) = caller.fetch.take() {
            let result = caller.run.recorded_answer().expect("an answer is written down");
            caller.input(Input::Fetched { order, result });
            caller.pass(Duration::from_millis(300));
        }
        assert_eq!(caller.path().last(), Some(&path), "{account}");
    }
}

const COMPLAINT: &str = r#"
  first:
    menu:
      say: "Bill or complaint?"
      choices:
        bill:  { hear: [my bill], press: "1", service: query, goto: bill }
        advice: { hear: [advice], press: "3", goto: ask }
        staff: { hear: [rude employee], press: "2", service: complaint, must_reach_person: true, goto: ask }
  bill:
    play: { say: "It is paid.", then: first }
  ask:
    offer_transfer: { say: "Shall I get a person?", accepted: desk, declined: first }"#;

#[test]
fn a_yes_to_a_person_moves_at_once() {
    let flow = nodes(COMPLAINT);
    let mut caller = Caller::calls(&flow);
    caller.says("advice").says("yes");
    assert_eq!(caller.path(), ["first", "ask", "desk"]);
    assert!(caller.events().any(|e| matches!(e, CallEvent::TransferOffered { accepted: true, .. })));
    replays(&flow, &caller);
}

#[test]
fn a_no_to_a_person_is_remembered() {
    let flow = nodes(COMPLAINT);
    let mut caller = Caller::calls(&flow);
    caller.says("advice").says("no").says("advice");
    assert_eq!(caller.path(), ["first", "ask", "first", "ask", "first"]);
    assert_eq!(caller.prompts.iter().filter(|said| said.contains("Shall I")).count(), 1);
    replays(&flow, &caller);
}

#[test]
fn an_intent_that_must_reach_a_person_is_asked_once_then_moves_at_once() {
    let flow = nodes(COMPLAINT);
    let mut caller = Caller::calls(&flow);
    caller.says("rude employee");
    assert_eq!(caller.last(), "Shall I get a person?");
    caller.says("no").says("my bill").hears_out().says("rude employee");
    assert_eq!(caller.path(), ["first", "ask", "first", "bill", "first", "desk"]);
    let handover = caller.run.handover();
    assert_eq!(handover.service, Some(ServiceKind::Complaint));
    assert!(caller.events().any(|e| matches!(e, CallEvent::IntentFound { service: Some(ServiceKind::Query), .. })));
    replays(&flow, &caller);
}

#[test]
fn who_declined_a_person_before_is_not_asked_about_what_must_reach_one() {
    let mut caller = Caller::calls(&nodes(COMPLAINT));
    caller.says("advice").says("no").says("rude employee");
    assert_eq!(caller.path().last(), Some(&"desk"));
}

#[test]
fn a_choice_that_must_reach_a_person_needs_a_way_to_one() {
    let nowhere = COMPLAINT.replace("goto: ask }\n  bill", "goto: bill }\n  bill");
    let found = findings(&[("flow.yaml", &yaml_of(&nowhere))]);
    assert!(found.iter().any(|d| d.message.contains("no way from its `goto` leads to one")), "{found:?}");
    let found = findings(&[("flow.yaml", &yaml_of(&COMPLAINT.replace("service: query", "service: qurey")))]);
    assert!(found.iter().any(|d| d.fix == "write `query`"), "{found:?}");
}
