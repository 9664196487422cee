//! Nodes that verify callers, before anything personal is told.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::Instant;

use call_model::{CallEvent, Consult, ConsultFailure, Consulted};
use ivr_flows::{Flow, replay};
use support::{ANSWERS, Caller, found_in, history, nodes, with_files, yaml_of};

const PIN_CHECK: &str = "pin_check: { url: \"http://127.0.0.1/pin\", method: post, fields: { right: yes_no } }\n\
     customer: { url: \"http://127.0.0.1/customer\", fields: { card: digits } }\n\
     balance: { url: \"http://127.0.0.1/balance/{{ account }}\", fields: { amount: money } }\n";

const BY_PIN: &str = "  first:\n    verify:\n      by: pin\n      slot: pin\n      length: 4\n      say: \"Your PIN, please.\"\n      \
                      say_wrong: \"That was not right.\"\n      from: pin_check\n      with: { pin: \"{{ pin }}\" }\n      \
                      tries: 2\n      if_refused: desk\n      if_locked: bye\n      if_failed: desk\n      then: usual\n  \
                      usual:\n    pre_answer:\n      habit: { intent: bill, same_day_for_months: 1 }\n      from: balance\n      \
                      with: { account: \"1\" }\n      say: \"You owe {{ balance.amount }}.\"\n      then: choose\n  \
                      choose:\n    menu:\n      say: \"Bill?\"\n      choices: { bill: { hear: [my bill], press: \"1\", goto: bye } }";

fn attempts(right: bool, failures: u32, locked: bool) -> Consulted {
    Consulted::Attempts { right, failures, locked_ms: locked.then_some(60_000) }
}

/// Nothing of what was told or stored holds the secret, and the call can be run again up to where it was asked for.
fn keeps(secret: &str, flow: &Arc<Flow>, caller: &Caller) {
    let stored = serde_json::to_string(&caller.records).expect("records are JSON");
    let spoken: Vec<String> = secret.chars().map(|c| c.to_string()).collect();
    assert!(!stored.contains(secret) && !stored.contains(&spoken.join(" ")), "{stored}");
    assert!(!format!("{:?}", caller.run.handover()).contains(secret));
    assert!(caller.prompts.iter().all(|prompt| !prompt.contains(secret)));
    let again = replay(flow.clone(), &caller.records, Instant::now());
    assert!(matches!(again, Err(ivr_flows::Divergence::Withheld { .. })), "{again:?}");
}

fn verified(caller: &Caller) -> Option<bool> {
    caller.events().find_map(|event| match event {
        CallEvent::VerificationEnded { verified, .. } => Some(*verified),
        _ => None,
    })
}

#[test]
fn a_right_pin_opens_what_is_personal_and_stands_in_no_record() {
    let flow = with_files(BY_PIN, &[("services.yaml", PIN_CHECK)]);
    let mut caller = Caller::calls(&flow);
    let Consult::Attempts { subject, lock } = caller.is_told(attempts(false, 0, false)) else { panic!() };
    assert_eq!((subject.by.as_str(), subject.who.as_str()), ("pin", "+12025550123"));
    assert_eq!((lock.after, lock.for_s), (5, 3600));
    caller.hears_out().presses("4711");
    assert_eq!(caller.fetch.as_ref().unwrap().1.body.as_deref(), Some(r#"{"pin":"4711"}"#));
    caller.answers(200, r#"{"right": true, "echo": "4711"}"#);
    let Consult::NoteAttempt { right, .. } = caller.is_told(attempts(true, 0, false)) else { panic!() };
    assert!(right);
    assert_eq!(verified(&caller), Some(true));
    let asked = caller.is_told(history(&["2026-10-24"]));
    assert!(matches!(asked, Consult::History { .. }), "what needs a verified caller is done: {asked:?}");
    keeps("4711", &flow, &caller);
}

#[test]
fn a_wrong_pin_is_asked_for_again_and_then_refused() {
    let flow = with_files(BY_PIN, &[("services.yaml", PIN_CHECK)]);
    let mut caller = Caller::calls(&flow);
    caller.is_told(attempts(false, 0, false));
    caller.hears_out().presses("9182");
    caller.answers(200, r#"{"right": false}"#);
    caller.is_told(attempts(false, 1, false));
    assert_eq!(caller.last(), "That was not right.");
    caller.hears_out().hears_out().presses("9182");
    caller.answers(200, r#"{"right": false}"#);
    caller.is_told(attempts(false, 2, false));
    assert_eq!(verified(&caller), Some(false));
    assert!(caller.queued.is_some());
    keeps("9182", &flow, &caller);
}

#[test]
fn who_failed_too_often_in_earlier_calls_is_locked_out() {
    let flow = with_files(BY_PIN, &[("services.yaml", PIN_CHECK)]);
    let mut before = Caller::calls(&flow);
    before.is_told(attempts(false, 5, true));
    assert_eq!(before.last(), "Goodbye.");
    let mut now = Caller::calls(&flow);
    now.is_told(attempts(false, 4, false));
    now.hears_out().presses("9182");
    now.answers(200, r#"{"right": false}"#);
    now.is_told(attempts(false, 5, true));
    assert_eq!((now.last(), verified(&now)), ("Goodbye.", Some(false)));
}

#[test]
fn nobody_is_let_through_where_attempts_cannot_be_counted() {
    let flow = with_files(BY_PIN, &[("services.yaml", PIN_CHECK)]);
    let mut caller = Caller::calls(&flow);
    caller.server_says(Err(ConsultFailure::NotAvailable));
    assert!(caller.queued.is_some());
    let mut later = Caller::calls(&flow);
    later.is_told(attempts(false, 0, false));
    later.hears_out().presses("4711");
    later.answers(200, r#"{"right": true}"#);
    later.server_says(Err(ConsultFailure::Failed));
    assert!(later.queued.is_some() && verified(&later).is_none());
}

const BY_CODE: &str = "  first:\n    verify:\n      by: code\n      message: { by: sms, text: \"Your code is {code}.\" }\n      \
                       say: \"We have sent you a code.\"\n      if_refused: desk\n      if_failed: desk\n      then: bye";

#[test]
fn a_code_is_sent_and_checked_by_the_server() {
    let flow = nodes(BY_CODE);
    let mut caller = Caller::calls(&flow);
    let Consult::SendCode { message, length, valid_s, .. } = caller.is_told(attempts(false, 0, false)) else {
        panic!()
    };
    assert_eq!((message.text.as_str(), message.to.as_str()), ("Your code is {code}.", "+12025550123"));
    assert_eq!((length, valid_s), (6, 600));
    caller.says("three four five six seven eight");
    let Consult::CheckCode { code, .. } = caller.is_told(attempts(true, 0, false)) else { panic!() };
    assert_eq!(code.reveal(), "345678");
    assert_eq!((caller.last(), verified(&caller)), ("Goodbye.", Some(true)));
    keeps("345678", &flow, &caller);
}

#[test]
fn an_identity_card_is_held_against_what_a_service_knows() {
    let steps = "  first:\n    http: { service: customer, if_failed: desk, then: check }\n  \
                 check:\n    verify:\n      by: identity_card\n      slot: card\n      length: 4\n      \
                 say: \"The last four digits of your card, please.\"\n      equals: \"{{ customer.card }}\"\n      \
                 if_refused: desk\n      if_failed: desk\n      then: bye";
    let flow = with_files(steps, &[("services.yaml", PIN_CHECK)]);
    for (pressed, right) in [("4711", true), ("4712", false)] {
        let mut caller = Caller::calls(&flow);
        caller.answers(200, r#"{"card": "4711"}"#);
        caller.is_told(attempts(false, 0, false));
        caller.hears_out().presses(pressed);
        let Consult::NoteAttempt { right: noted, .. } = caller.is_told(attempts(right, 0, false)) else { panic!() };
        assert_eq!(noted, right);
    }
}

#[test]
fn a_verification_says_by_what_and_against_what() {
    let wrong = |from: &str, to: &str| found_in(&BY_CODE.replace(from, to)).concat();
    assert!(wrong("by: code", "by: cod").contains("write `code`"));
    assert!(wrong(" {code}", "").contains("write `{code}` in its text"));
    let nothing =
        wrong("by: code\n      message: { by: sms, text: \"Your code is {code}.\" }", "by: pin\n      length: 4");
    assert!(nothing.contains("the answer is held against nothing"), "{nothing}");
    let shapeless = wrong(
        "by: code\n      message: { by: sms, text: \"Your code is {code}.\" }",
        "by: pin\n      length: 4\n      from: balance\n      with: { account: \"1\" }",
    );
    assert!(shapeless.contains("add `fields: { right: yes_no }`"), "{shapeless}");
}

#[test]
fn what_is_personal_comes_after_verification_on_every_way() {
    let personal = PIN_CHECK.replace("fields: { amount: money }", "personal: true, fields: { amount: money }");
    let check = |nodes: &str| {
        let files = ivr_flows::FilesInMemory::new().with("flow.yaml", &yaml_of(nodes)).with("services.yaml", &personal);
        ivr_flows::check_files("flow.yaml", &files, None).iter().map(ToString::to_string).collect::<String>()
    };
    let asking = "\n  usual:\n    http: { service: balance, with: { account: \"1\" }, if_failed: desk, then: bye }";
    let verified = BY_PIN.split("\n  usual:").next().unwrap();
    assert_eq!(check(&format!("{verified}{asking}")), "");
    assert_eq!(check(BY_PIN), "", "a habit that is told to verified callers only");
    let around = verified.replace("if_refused: desk", "if_refused: usual");
    let found = check(&format!("{around}{asking}"));
    assert!(found.contains("the caller is not verified on every way to `usual`"), "{found}");
    assert!(found.contains("put a `verify` before it on every way"), "{found}");
}

#[test]
fn a_whole_identity_card_is_verified_with_its_check_digit() {
    let steps = "  first:\n    verify:\n      by: identity_card\n      say: \"Your identity card, please.\"\n      \
                 equals: \"11010519491231002x\"\n      if_refused: desk\n      if_failed: desk\n      then: bye";
    let flow = nodes(steps);
    let mut caller = Caller::calls(&flow);
    caller.is_told(attempts(false, 0, false));
    caller.hears_out().presses("11010519491231002*");
    let Consult::NoteAttempt { right, .. } = caller.is_told(attempts(true, 0, false)) else { panic!() };
    assert!(right);
    keeps("11010519491231002", &flow, &caller);
}

#[test]
fn a_chinese_flow_verifies_and_answers_in_its_own_words() {
    let flow = "callwright: 1\nflow: hotline\nlanguage: zh\nstart: first\nperson: desk\nnodes:\n  \
                first:\n    verify:\n      by: code\n      message: { by: sms, text: \"您的验证码是{code}。\" }\n      length: 4\n      \
                say: \"请输入验证码。\"\n      if_refused: desk\n      if_failed: desk\n      then: faq\n  \
                faq:\n    ask_knowledge: { ask: { say: \"您想问什么？\" }, from: answers.yaml, if_unknown: desk, then: bye }\n  \
                desk:\n    queue: { name: service, if_nobody: bye }\n  bye:\n    hang_up: { say: \"再见。\" }\n";
    let files = ivr_flows::FilesInMemory::new()
        .with("flow.yaml", flow)
        .with("answers.yaml", ANSWERS)
        .with("answers.zh.yaml", "- ask: [你们几点开门, 营业时间是什么时候]\n  answer: \"早上八点到下午六点。\"\n- ask: 怎么交话费\n  answer: \"可以用银行卡。\"\n");
    let flow = Arc::new(Flow::load("flow.yaml", &files, None).unwrap_or_else(|found| panic!("{found:?}")));
    let mut caller = Caller::calls(&flow);
    caller.is_told(attempts(false, 0, false));
    caller.says("一 二 三 四");
    let Consult::CheckCode { code, .. } = caller.is_told(attempts(true, 0, false)) else { panic!() };
    assert_eq!(code.reveal(), "1234");
    caller.says("请问你们的营业时间");
    assert_eq!(caller.last(), "早上八点到下午六点。");
}
