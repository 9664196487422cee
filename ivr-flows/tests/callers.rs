//! Who calls, what they are told for the next time, and what they thought of it.
#![allow(clippy::disallowed_methods)]

mod support;

use std::time::Duration;

use call_model::CallEvent;
use support::{Caller, findings, flow_of, replays, yaml_of};

const SERVICES: &str = "customer: { url: \"http://crm.example/customer\", fields: { name: text, limit: money } }\n";

const WHO: &str = r#"
  first:
    identify:
      from: customer
      by: [caller, member]
      ask: { type: digits, length: 4, say: "Your member number?" }
      say_while: "One moment."
      if_unknown: desk
      if_failed: bye
      then: tell
  tell:
    play: { say: "Hello {{ customer.name }}.", then: bye }"#;

fn with_services(nodes: &str) -> std::sync::Arc<ivr_flows::Flow> {
    let flow = flow_of(&[("flow.yaml", &yaml_of(nodes)), ("services.yaml", SERVICES)]);
    assert!(flow.warnings().is_empty(), "{:?}", flow.warnings());
    flow
}

const ANN: &str = r#"{"name": "Ann", "limit": 100}"#;

fn asked(caller: &Caller) -> &str {
    &caller.fetch.as_ref().expect("the service is asked").1.url
}

#[test]
fn a_caller_is_known_by_the_number() {
    let flow = with_services(WHO);
    let mut caller = Caller::calls(&flow);
    assert_eq!(asked(&caller), "http://crm.example/customer?caller=%2B12025550123");
    caller.answers(200, ANN).hears_out();
    assert_eq!(caller.last(), "Hello Ann.");
    assert_eq!(caller.path(), ["first", "tell"]);
    replays(&flow, &caller);
}

#[test]
fn a_caller_from_another_telephone_is_asked() {
    let flow = with_services(WHO);
    let mut caller = Caller::calls(&flow);
    caller.answers(404, "").hears_out();
    assert_eq!(caller.last(), "Your member number?");
    caller.says("one two three four");
    assert_eq!(asked(&caller), "http://crm.example/customer?member=1234");
    caller.answers(200, ANN).hears_out();
    assert_eq!(caller.last(), "Hello Ann.");
    assert_eq!(caller.path(), ["first", "first.ask", "first.look", "tell"]);
    replays(&flow, &caller);
}

#[test]
fn a_caller_whom_nobody_knows_goes_where_the_designer_said() {
    let flow = with_services(WHO);
    let mut caller = Caller::calls(&flow);
    caller.answers(404, "").hears_out().presses("1234").answers(404, "").hears_all();
    assert_eq!(caller.path().last(), Some(&"desk"));
    let mut caller = Caller::calls(&flow);
    caller.fails_to_answer().hears_all();
    assert_eq!(caller.path(), ["first", "bye"]);
    replays(&flow, &caller);
}

#[test]
fn a_member_number_alone_begins_with_the_question() {
    let flow = with_services(&WHO.replace("[caller, member]", "member"));
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "Your member number?");
    caller.presses("1234").answers(200, ANN).hears_out();
    assert_eq!(caller.path(), ["first", "first.look", "tell"]);
    replays(&flow, &caller);
}

#[test]
fn a_quicker_way_is_told_once_and_sent() {
    let nodes = r#"
  first:
    nudge: { say: "Next time, send BILL.", message: { by: sms, text: "Send BILL." }, then: more }
  more:
    menu: { say: "Anything else?", choices: { again: { hear: [again], press: "1", goto: first } } }"#;
    let flow = flow_of(&[("flow.yaml", &yaml_of(nodes))]);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "Next time, send BILL.");
    caller.hears_out();
    assert_eq!(caller.path(), ["first", "first.message"]);
    let found = findings(&[("flow.yaml", &yaml_of(&nodes.replace("by: sms, ", "")))]);
    assert!(found.iter().any(|d| d.message.contains("has no `by`") && d.excerpt.contains("message:")), "{found:?}");

    let flow = flow_of(&[("flow.yaml", &yaml_of(&nodes.replace(" message: { by: sms, text: \"Send BILL.\" },", "")))]);
    let mut caller = Caller::calls(&flow);
    caller.hears_out().presses("1");
    assert_eq!(caller.path(), ["first", "more", "first", "more"]);
    assert_eq!(caller.prompts.iter().filter(|said| said.starts_with("Next time")).count(), 1);
    replays(&flow, &caller);
}

const SURVEY: &str = r#"
  first:
    survey:
      questions:
        satisfied: { say: "How satisfied are you, one to five?", scale: 5 }
        solved: { say: "Was it solved?", type: yes_no }
      then: look
  look:
    branch:
      - { if: "solved == 'no'", goto: desk }
      - { else: bye }"#;

fn answers(caller: &Caller) -> Vec<(String, String)> {
    let answered = caller.events().filter_map(|event| match event {
        CallEvent::SurveyAnswered { node, question, answer } => {
            assert_eq!(node, "first");
            Some((question.clone(), answer.clone()))
        }
        _ => None,
    });
    answered.collect()
}

#[test]
fn a_survey_is_answered_by_speech_and_key() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(SURVEY))]);
    let mut caller = Caller::calls(&flow);
    caller.says("four").presses("2");
    assert_eq!(answers(&caller), [("satisfied".into(), "4".into()), ("solved".into(), "no".into())]);
    assert_eq!(caller.path().last(), Some(&"desk"));
    replays(&flow, &caller);
}

#[test]
fn who_does_not_answer_a_question_is_asked_the_next() {
    let flow = flow_of(&[("flow.yaml", &yaml_of(SURVEY))]);
    let mut caller = Caller::calls(&flow);
    caller.is_silent(Duration::from_secs(5)).is_silent(Duration::from_secs(5));
    assert_eq!(caller.last(), "Was it solved?");
    caller.hears_out().says("[unk]").hears_out().says("[unk]").hears_all();
    assert_eq!(caller.path().last(), Some(&"bye"), "nobody is kept from hanging up");
    assert!(answers(&caller).is_empty());
    replays(&flow, &caller);
}

#[test]
fn what_is_wrong_with_these_steps_has_its_line_and_a_fix() {
    for (nodes, from, to, message, fix) in [
        (WHO, "from: customer", "from: custmer", "no service `custmer`", "write `customer`"),
        (WHO, "[caller, member]", "[caller, member, card]", "asks for one thing", "another `identify`"),
        (
            WHO,
            "      ask: { type: digits, length: 4, say: \"Your member number?\" }\n",
            "",
            "has no `ask`",
            "add `ask:",
        ),
        (WHO, "type: digits, length: 4", "type: digts, length: 4", "type `digts`", "write `digits`"),
        (WHO, "      if_unknown: desk\n", "", "has no `if_unknown`", "add `if_unknown:`"),
        (SURVEY, "scale: 5", "scale: 12", "from 2 to 9", "write `scale: 2`"),
        (SURVEY, "scale: 5", "scal: 5", "no key `scal`", "add `type:"),
        (SURVEY, "say: \"Was it solved?\", ", "", "has no prompt", "add `say:`"),
    ] {
        let found = findings(&[("flow.yaml", &yaml_of(&nodes.replace(from, to))), ("services.yaml", SERVICES)]);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let all = found.join("\n");
        assert!(all.contains(message), "{message}: {all}");
        assert!(all.contains(fix) || message.contains("scal`"), "{fix}: {all}");
    }
}
