//! Nodes that ask or tell the server's own tables and the world.
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_model::{
    CallEvent, Consult, ConsultFailure, Consulted, RecordFailure, RecordRequest, Recording, RecordingEnd, RecordingId,
    Ticket,
};
use ivr_flows::{Flow, Input, replay};
use support::{ANSWERS, Caller, found_in, history, nodes, with_files, yaml_of};

/// Runs the call again from its events: it goes the same way, and the events can be stored.
fn runs_again(flow: &Arc<Flow>, caller: &Caller) {
    let stored = serde_json::to_string(&caller.records).expect("events can be stored");
    let records: Vec<call_model::EventRecord> = serde_json::from_str(&stored).expect("events can be read");
    assert_eq!(records, caller.records);
    replay(flow.clone(), &records, Instant::now()).unwrap_or_else(|wrong| panic!("{wrong}"));
}

const LEAVING: &str = "  first:\n    menu:\n      say: \"How can I help?\"\n      choices:\n        \
                       leave: { hear: [i want to leave], press: \"1\", goto: note }\n        \
                       bill: { hear: [my bill], press: \"2\", goto: bye }\n  \
                       note:\n    note_risk: { intent: leave, times: 2, days: 60, if_flagged: desk, then: bye }";

#[test]
fn who_wants_to_leave_again_and_again_comes_to_a_person() {
    let flow = nodes(LEAVING);
    let mut caller = Caller::calls(&flow);
    caller.says("i want to leave");
    let asked = caller.is_told(Consulted::Risk { count: 2, flagged: true });
    let Consult::NoteRisk { number, intent, times, days } = asked else { panic!("{asked:?}") };
    assert_eq!((number.as_str(), intent.as_str(), times, days), ("+12025550123", "leave", 2, 60));
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
}

#[test]
fn where_no_risk_can_be_noted_the_call_goes_on() {
    let flow = nodes(LEAVING);
    let mut caller = Caller::calls(&flow);
    caller.says("i want to leave");
    caller.server_says(Err(ConsultFailure::NotAvailable));
    assert_eq!(caller.last(), "Goodbye.");
    runs_again(&flow, &caller);
}

#[test]
fn a_server_that_does_not_answer_costs_five_seconds() {
    let flow = nodes(LEAVING);
    let mut caller = Caller::calls(&flow);
    caller.says("i want to leave");
    caller.pass(Duration::from_secs(5));
    assert_eq!(caller.last(), "Goodbye.");
    let (late, _) = caller.consult.take().unwrap();
    caller.input(Input::Consulted { order: late, result: Ok(Consulted::Done) });
    caller.hears_all();
    assert!(caller.hung_up.is_some());
    runs_again(&flow, &caller);
}

#[test]
fn a_risk_names_an_intent_that_there_is() {
    let found = found_in(&LEAVING.replace("intent: leave", "intent: leafe"));
    assert!(found.iter().any(|f| f.contains("there is no intent `leafe`") && f.contains("write `leave`")), "{found:?}");
}

const TELLING: &str = "  first:\n    set: { slots: { reference: \"4711\" }, then: tell }\n  \
                       tell:\n    message: { by: sms, text: \"Your ticket is {{ reference }}.\", if_failed: desk, then: bye }";

#[test]
fn a_message_goes_to_the_caller_once() {
    let flow = nodes(TELLING);
    let mut caller = Caller::calls(&flow);
    let Consult::SendMessage { message } = caller.is_told(Consulted::Done) else { panic!() };
    assert_eq!((message.by.as_str(), message.to.as_str()), ("sms", "+12025550123"));
    assert_eq!(message.text, "Your ticket is 4711.");
    assert_eq!(caller.last(), "Goodbye.");
    let mut again = Caller::calls(&flow);
    let Consult::SendMessage { message: repeated } = again.is_told(Consulted::Done) else { panic!() };
    assert_eq!(message.key, repeated.key, "the same in every run of the same call");
    runs_again(&flow, &caller);
}

#[test]
fn a_message_that_nobody_takes_leads_elsewhere() {
    let flow = nodes(TELLING);
    let mut caller = Caller::calls(&flow);
    caller.server_says(Err(ConsultFailure::NotConfigured { name: "sms".into() }));
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
}

#[test]
fn a_message_needs_its_words_and_its_way() {
    let found = found_in("  first:\n    message: { text: \" \", if_failed: desk, then: bye }");
    assert!(found.iter().any(|f| f.contains("the message is empty")), "{found:?}");
    assert!(found.iter().any(|f| f.contains("has no `by`") && f.contains("add `by: sms`")), "{found:?}");
}

const DESCRIBING: &str = "  first:\n    record:\n      slot: complaint\n      say: \"Please speak after the tone.\"\n      \
                          max: 90s\n      final_silence: 3s\n      if_nothing: desk\n      if_failed: desk\n      then: bye";

fn recording(id: Option<RecordingId>, ended: RecordingEnd) -> Recording {
    Recording { id, length_ms: 4000, ended }
}

#[test]
fn record_a_message_until_silence_key_or_the_longest_time() {
    let flow = nodes(DESCRIBING);
    let mut caller = Caller::calls(&flow);
    assert!(caller.record.is_none());
    caller.hears_out();
    let id = RecordingId::from_parts(1, 2);
    let asked = caller.is_recorded(Ok(recording(Some(id), RecordingEnd::Key)));
    assert_eq!(
        asked,
        RecordRequest { beep: true, max_ms: 90_000, final_silence_ms: 3000, key_ends: true, voicemail: None }
    );
    assert_eq!(caller.slot("complaint"), Some(id.to_string()));
    assert_eq!(caller.last(), "Goodbye.");
    runs_again(&flow, &caller);
}

#[test]
fn nothing_said_is_no_message() {
    let flow = nodes(DESCRIBING);
    let mut caller = Caller::calls(&flow);
    caller.presses("1");
    caller.is_recorded(Ok(recording(None, RecordingEnd::Silence)));
    assert!(caller.queued.is_some());
    assert_eq!(caller.slot("complaint"), None);
    runs_again(&flow, &caller);
}

#[test]
fn a_server_that_cannot_record_leads_elsewhere() {
    let flow = nodes(DESCRIBING);
    let mut caller = Caller::calls(&flow);
    caller.hears_out();
    caller.is_recorded(Err(RecordFailure::NotAvailable));
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
}

#[test]
fn a_recorder_that_never_ends_is_stopped() {
    let flow = nodes(DESCRIBING);
    let mut caller = Caller::calls(&flow);
    caller.hears_out();
    caller.pass(Duration::from_secs(95));
    assert!(caller.stopped_recording.is_some());
    assert!(caller.queued.is_some());
    assert!(caller.events().any(|event| matches!(event, CallEvent::RecordingEnded { failure: Some(_), .. })));
    runs_again(&flow, &caller);
}

const USUAL: &str = "  first:\n    menu:\n      say: \"Bill or complaint?\"\n      choices:\n        \
                     bill: { hear: [my bill], press: \"1\", goto: helping }\n        \
                     complaint: { hear: [complaint], press: \"2\", goto: helping }\n  \
                     helping:\n    pre_answer:\n      habit: { intent: bill, same_day_for_months: 2, caller: anyone }\n      \
                     from: balance\n      with: { account: \"{{ caller }}\" }\n      \
                     say: \"While I connect you: you owe {{ balance.amount }}.\"\n      then: desk";

#[test]
fn who_calls_about_the_bill_every_month_is_told_it_on_the_way_and_keeps_the_place() {
    let flow = nodes(USUAL);
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    let asked = caller.now;
    let Consult::History { number, months, .. } = caller.is_told(history(&["2026-10-24", "2026-09-24"])) else {
        panic!()
    };
    assert_eq!((number.as_str(), months), ("+12025550123", 2));
    caller.answers(200, r#"{"amount": 42.1, "name": "Ann"}"#);
    assert_eq!(caller.last(), "While I connect you: you owe 42 dollars and 10 cents.");
    assert!(caller.queued.is_none());
    caller.hears_out();
    assert!(caller.queued.is_some());
    assert!(caller.now > asked);
    assert_eq!(caller.waits_since, Some(asked), "the wait counts from when a person was asked for");
    runs_again(&flow, &caller);
}

#[test]
fn who_calls_for_the_first_time_goes_straight_to_the_queue() {
    let flow = nodes(USUAL);
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    caller.is_told(history(&["2026-10-24"]));
    assert!(caller.queued.is_some() && caller.fetch.is_none());
    runs_again(&flow, &caller);
}

#[test]
fn who_wants_something_else_today_is_not_told_of_the_bill() {
    let flow = nodes(USUAL);
    let mut caller = Caller::calls(&flow);
    caller.says("complaint");
    assert!(caller.queued.is_some() && caller.consult.is_none());
    runs_again(&flow, &caller);
}

#[test]
fn what_fails_on_the_way_never_keeps_a_caller_from_the_queue() {
    let flow = nodes(USUAL);
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    caller.is_told(history(&["2026-10-24", "2026-09-24"]));
    caller.fails_to_answer();
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
    let mut another = Caller::calls(&flow);
    another.says("my bill");
    another.server_says(Err(ConsultFailure::Failed));
    assert!(another.queued.is_some());
}

#[test]
fn a_habit_is_told_only_to_verified_callers_unless_the_flow_says_otherwise() {
    let flow = nodes(&USUAL.replace(", caller: anyone", ""));
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    assert!(caller.queued.is_some() && caller.consult.is_none());
}

const REPORTING: &str = "  first:\n    ticket: { open: fault, fields: { what: \"no light\" }, save: { number: reference }, if_failed: desk, then: tell }\n  \
     tell:\n    play: { say: \"Your number is {{ reference }}.\", then: seek }\n  \
     seek:\n    ticket: { find: \"{{ reference }}\", save: { status: status, what: fault }, if_none: desk, if_failed: desk, then: found }\n  \
     found:\n    play: { say: \"It is {{ status }}{% if fault is defined %}: {{ fault }}{% endif %}.\", then: bye }";

fn ticket(status: &str) -> Ticket {
    Ticket {
        number: "481516".parse().expect("a ticket"),
        kind: "fault".into(),
        status: status.into(),
        opened: "2026-11-24".parse().expect("a day"),
        fields: [("what".to_owned(), "no light".to_owned())].into(),
    }
}

#[test]
fn a_ticket_has_a_number_that_can_be_spoken_and_asked_for_later() {
    let flow = nodes(REPORTING);
    let mut caller = Caller::calls(&flow);
    let asked = caller.is_told(Consulted::Ticket { ticket: Some(ticket("open")) });
    let Consult::OpenTicket { kind, number, fields, .. } = asked else { panic!() };
    assert_eq!((kind.as_str(), number.as_str()), ("fault", "+12025550123"));
    assert_eq!(fields["what"], "no light");
    assert_eq!(caller.last(), "Your number is four eight one, five one six.");
    caller.hears_out();
    let asked = caller.is_told(Consulted::Ticket { ticket: Some(ticket("in progress")) });
    let Consult::FindTicket { ticket, number } = asked else { panic!() };
    assert_eq!((ticket.as_str(), number.as_deref()), ("481516", Some("+12025550123")));
    assert_eq!(caller.last(), "It is in progress: no light.");
    caller.hears_all();
    runs_again(&flow, &caller);
}

#[test]
fn a_ticket_is_about_the_intent_and_holds_the_slots_that_are_filled() {
    let flow = nodes(
        r#"
  first:
    menu: { say: "Water or power?", choices: { water: { press: "1", goto: ask }, power: { press: "2", goto: ask } } }
  ask:
    form:
      slots:
        floor: { type: number, say: "Which floor?" }
        lift: { type: yes_no, when: "floor > 3", say: "Does the lift work?" }
      then: report
  report:
    ticket: { open: "{{ intent }}", fields: [floor, lift], save: { number: reference }, if_failed: desk, then: bye }"#,
    );
    for (keys, filled) in [("12#", vec![("floor", "2")]), ("15#1", vec![("floor", "5"), ("lift", "yes")])] {
        let mut caller = Caller::calls(&flow);
        caller.presses(keys);
        let Some((_, Consult::OpenTicket { kind, fields, .. })) = caller.consult.clone() else { panic!("{keys}") };
        assert_eq!(kind, "water");
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, filled);
    }
    let wrong = found_in(
        "  first:\n    ticket: { open: fault, fields: [flor], save: { number: a }, if_failed: desk, then: bye }",
    );
    assert!(wrong.iter().any(|found| found.contains("no variable `flor`")), "{wrong:?}");
}

#[test]
fn a_ticket_that_is_not_there_leads_elsewhere() {
    let flow = nodes(REPORTING);
    let mut caller = Caller::calls(&flow);
    caller.is_told(Consulted::Ticket { ticket: Some(ticket("open")) });
    caller.hears_out();
    caller.is_told(Consulted::Ticket { ticket: None });
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
}

#[test]
fn a_ticket_is_opened_or_looked_for() {
    for wrong in ["", "open: fault, find: \"1234\", if_none: desk, "] {
        let found = found_in(&format!("  first:\n    ticket: {{ {wrong}if_failed: desk, then: bye }}"));
        assert!(found.iter().any(|f| f.contains("write `open: fault`")), "{found:?}");
    }
}

const MAILBOX: &str = "  first:\n    menu:\n      say: \"Bill?\"\n      choices: { bill: { hear: [my bill], press: \"1\", goto: box } }\n  \
                       box:\n    voicemail: { queue: service, say: \"Please leave a message.\", if_nothing: bye, if_failed: desk, then: bye }";

#[test]
fn a_voicemail_reaches_the_queue_with_what_the_caller_wanted() {
    let flow = nodes(MAILBOX);
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    caller.hears_out();
    let id = RecordingId::from_parts(1, 2);
    let order = caller.is_recorded(Ok(recording(Some(id), RecordingEnd::Silence)));
    let left = order.voicemail.expect("a caller who hangs up has left it");
    let Consult::KeepVoicemail { label, recording, length_ms } = caller.is_told(Consulted::Done) else { panic!() };
    assert_eq!((label.queue.as_str(), label.intent.as_deref()), ("service", Some("bill")));
    assert_eq!((recording, length_ms), (id, 4000));
    assert_eq!(left, label);
    assert_eq!(caller.last(), "Goodbye.");
    assert!(flow.queues().contains("service"));
    runs_again(&flow, &caller);
}

#[test]
fn a_voicemail_that_cannot_be_kept_leads_to_a_person() {
    let flow = nodes(MAILBOX);
    let mut caller = Caller::calls(&flow);
    caller.says("my bill");
    caller.hears_out();
    caller.is_recorded(Ok(recording(Some(RecordingId::from_parts(1, 2)), RecordingEnd::Full)));
    caller.server_says(Err(ConsultFailure::NotConfigured { name: "service".into() }));
    assert!(caller.queued.is_some());
    runs_again(&flow, &caller);
}

const REPORT: &str = "report: { url: \"http://127.0.0.1/report\", method: post, fields: { pages: number, link: text } }\n\
                      kb: { url: \"http://127.0.0.1/kb?q={{ question }}\", fields: { answer: text } }\n";

const WORKING: &str = "  first:\n    job:\n      service: report\n      with: { account: \"102\" }\n      \
                       say_while: [\"I am putting it together.\", \"Still working on it.\"]\n      wait: 30s\n      \
                       if_gone: { by: sms, text: \"Your report: {{ report.link }}\" }\n      \
                       if_later: later\n      if_failed: desk\n      then: tell\n  \
                       later:\n    play: { say: \"We will send it to you.\", then: bye }\n  \
                       tell:\n    play: { say: \"It has {{ report.pages }} pages.\", then: bye }";

fn begin_job(flow: &Arc<Flow>) -> Caller {
    let mut caller = Caller::calls(flow);
    let job = call_model::JobId::from_parts(1, 7);
    let callback = "https://calls.example/api/v1/jobs/1/result".to_owned();
    let asked = caller.is_told(Consulted::JobOpened { job, callback: callback.clone() });
    let Consult::OpenJob { name, if_gone, .. } = asked else { panic!() };
    assert_eq!(name, "report");
    assert_eq!(if_gone.expect("a message").text, "Your report: {link}", "the server puts the result in");
    let body = caller.fetch.as_ref().expect("a request").1.body.clone().expect("a body");
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["callback"], callback);
    assert_eq!(body["job"], job.to_string());
    assert_eq!(body["account"], "102");
    caller.answers(202, "accepted");
    assert_eq!(caller.last(), "I am putting it together.");
    caller
}

#[test]
fn a_job_ends_while_the_caller_hears_what_goes_on() {
    let flow = with_files(WORKING, &[("services.yaml", REPORT)]);
    let mut caller = begin_job(&flow);
    caller.hears_out();
    caller.pass(Duration::from_secs(8));
    assert_eq!(caller.last(), "Still working on it.");
    caller.is_told(Consulted::JobEnded { ok: true, result: r#"{"pages": 3, "link": "x"}"#.into() });
    caller.hears_out();
    assert_eq!(caller.last(), "It has 3 pages.");
    runs_again(&flow, &caller);
}

#[test]
fn a_job_that_takes_longer_is_answered_by_a_message() {
    let flow = with_files(WORKING, &[("services.yaml", REPORT)]);
    let mut caller = begin_job(&flow);
    caller.hears_out();
    caller.is_told(Consulted::JobRuns);
    assert_eq!(caller.last(), "We will send it to you.");
    caller.hears_all();
    runs_again(&flow, &caller);
}

#[test]
fn a_job_of_which_the_server_tells_nothing_is_given_up() {
    let flow = with_files(WORKING, &[("services.yaml", REPORT)]);
    let mut caller = begin_job(&flow);
    for _ in 0..5 {
        caller.is_silent(Duration::from_secs(9));
    }
    assert!(caller.prompts.contains(&"We will send it to you.".to_owned()), "{:?}", caller.prompts);
    runs_again(&flow, &caller);
}

#[test]
fn a_job_that_fails_or_answers_something_else_leads_to_a_person() {
    let flow = with_files(WORKING, &[("services.yaml", REPORT)]);
    for (ok, result) in [(false, "{}"), (true, "{\"pages\": \"many\"}"), (true, "")] {
        let mut caller = begin_job(&flow);
        caller.hears_out();
        caller.is_told(Consulted::JobEnded { ok, result: result.into() });
        assert!(caller.queued.is_some());
        runs_again(&flow, &caller);
    }
    let mut refused = Caller::calls(&flow);
    refused.server_says(Err(ConsultFailure::NotAvailable));
    assert!(refused.queued.is_some());
}

const ASKING: &str = "  first:\n    set: { slots: { question: \"QUESTION\" }, then: faq }\n  \
                      faq:\n    ask_knowledge: { question: \"{{ question }}\", from: answers.yaml, if_unknown: desk, then: bye }";

fn asks(question: &str) -> (Arc<Flow>, Caller) {
    let flow =
        with_files(&ASKING.replace("QUESTION", question), &[("answers.yaml", ANSWERS), ("services.yaml", REPORT)]);
    let caller = Caller::calls(&flow);
    (flow, caller)
}

#[test]
fn a_question_is_answered_from_the_file_by_words_and_meaning() {
    for (question, answer) in [
        ("what are your opening times", "From eight to six."),
        ("can i pay the bill with a bank transfer", "You can pay by card or bank transfer."),
        ("i am looking for your shop", "At the North Gate, opposite the station."),
    ] {
        let (flow, mut caller) = asks(question);
        assert_eq!(caller.last(), answer, "{question}");
        caller.hears_all();
        runs_again(&flow, &caller);
    }
}

#[test]
fn what_the_file_does_not_know_goes_to_a_person() {
    for question in ["my neighbour plays the trumpet", "hello", ""] {
        let (flow, caller) = asks(question);
        assert!(caller.queued.is_some(), "{question}: {}", caller.last());
        runs_again(&flow, &caller);
    }
}

#[test]
fn a_service_may_know_the_answer() {
    let flow = with_files(&ASKING.replace("answers.yaml", "kb"), &[("services.yaml", REPORT)]);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.fetch.as_ref().unwrap().1.url, "http://127.0.0.1/kb?q=QUESTION");
    caller.answers(200, r#"{"answer": "Forty-two."}"#);
    assert_eq!(caller.last(), "Forty-two.");
    let mut unknown = Caller::calls(&flow);
    unknown.answers(404, "");
    assert!(unknown.queued.is_some());
}

#[test]
fn a_file_of_answers_is_checked_line_by_line() {
    let files = |answers: &str| {
        let files = ivr_flows::FilesInMemory::new()
            .with("flow.yaml", &yaml_of(ASKING))
            .with("services.yaml", support::SERVICES)
            .with("answers.yaml", answers);
        ivr_flows::check_files("flow.yaml", &files, None).iter().map(ToString::to_string).collect::<String>()
    };
    for (answers, line, fix) in [
        ("- ask: [a, b]\n", "answers.yaml:1:3", "add `answer:`"),
        ("- ask: []\n  answer: \"x\"\n", "answers.yaml:1:3", "add `ask:"),
        ("a: b\n", "answers.yaml:1", "begin each with `- ask: [...]`"),
        ("- ask: a\n  anwser: b\n", "answers.yaml:2:3", "write `answer`"),
        ("- ask: a\n  answer: \"{{ nothing }}\"\n", "answers.yaml:2:11", "there is no variable `nothing`"),
    ] {
        let found = files(answers);
        assert!(found.contains(line) && found.contains(fix), "{answers}: {found}");
    }
}

const SURVEY: &str = "  first:\n    survey:\n      questions:\n        satisfied: { say: \"From one to five?\", scale: 5 }\n        \
                      solved: { say: \"Was it solved?\", type: yes_no }\n      then: bye";

#[test]
fn the_answers_to_a_survey_are_kept_one_by_one_and_nobody_waits_for_it() {
    let flow = nodes(SURVEY);
    let mut caller = Caller::calls(&flow);
    caller.says("four");
    let Some(Consult::SaveSurvey { survey, answers, complete, .. }) = caller.surveys.last().cloned() else { panic!() };
    assert_eq!((survey.as_str(), answers.len(), complete), ("first", 1, false));
    assert_eq!((answers[0].question.as_str(), answers[0].answer.as_str()), ("satisfied", "4"));
    caller.says("yes");
    let Some(Consult::SaveSurvey { answers, complete, .. }) = caller.surveys.last().cloned() else { panic!() };
    assert_eq!((answers.len(), answers[1].answer.as_str(), complete), (2, "yes", true));
    assert_eq!(caller.last(), "Goodbye.");
    runs_again(&flow, &caller);
}

#[test]
fn the_caller_is_asked_what_to_know_and_hears_the_answer() {
    let asking = "  first:\n    ask_knowledge: { ask: { say: \"What would you like to know?\" }, from: answers.yaml, if_unknown: desk, then: bye }";
    let flow = with_files(asking, &[("answers.yaml", ANSWERS), ("services.yaml", REPORT)]);
    let mut caller = Caller::calls(&flow);
    assert_eq!(caller.last(), "What would you like to know?");
    caller.says("when are you open on friday");
    assert_eq!(caller.last(), "From eight to six.");
    caller.hears_all();
    runs_again(&flow, &caller);
}
