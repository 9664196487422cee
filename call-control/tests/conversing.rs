//! The flow talks with the caller.

mod support;

use std::time::Duration;

use call_control::{AcdOrder, Input, Output};
use call_model::{CallEvent, Cause, Disposition, LegCommand, LegEvent, Party, SoundFact};
use ivr_flows::HttpAnswer;
use support::{CALLER, FLOW, SDP, Stage, hung_up};

#[test]
fn the_flow_begins_with_the_ack() {
    let stage = Stage::inbound().answered();
    assert_eq!(stage.said(CALLER), ["Bill or nothing?"]);
    assert!(stage.events().contains(&&CallEvent::Answered));
}

#[test]
fn the_last_word_waits_for_the_record() {
    let mut stage = Stage::inbound().answered();
    stage.say("nothing").prompt_ends(CALLER);
    assert_eq!(stage.record().unwrap().disposition, Disposition::SelfServed);
    assert!(!stage.commands(CALLER).contains(&&LegCommand::End));
    stage.tell(Input::Stored);
    assert!(stage.commands(CALLER).contains(&&LegCommand::End));
    assert!(stage.is_over());
}

#[test]
fn a_record_that_is_never_stored_does_not_keep_the_caller() {
    let mut stage = Stage::inbound().answered();
    stage.leg(CALLER, hung_up()).pass(Duration::from_secs(5));
    assert!(stage.is_over());
}

#[test]
fn a_caller_who_hangs_up_in_the_flow_is_recorded_so() {
    let mut stage = Stage::inbound().answered();
    stage.leg(CALLER, hung_up());
    let record = stage.record().unwrap();
    assert_eq!((record.termination.by, record.disposition), (Party::Caller, Disposition::HungUpInFlow));
}

#[test]
fn no_sound_ends_the_call() {
    let mut stage = Stage::inbound().answered();
    stage.tell(Input::Sound(SoundFact::SilentTooLong { leg: CALLER }));
    assert_eq!(stage.record().unwrap().termination.cause, Cause::MediaTimeout);
}

#[test]
fn the_longest_call_ends() {
    let mut stage = Stage::inbound().waiting();
    stage.pass(Duration::from_secs(2 * 3600));
    assert_eq!(stage.record().unwrap().termination.cause, Cause::TooLong);
}

#[test]
fn a_key_by_info_is_a_key() {
    let mut stage = Stage::inbound().answered();
    stage.leg(CALLER, LegEvent::DigitByInfo { digit: '2' });
    assert_eq!(stage.said(CALLER).last().unwrap(), "Goodbye.");
}

#[test]
fn a_change_of_the_callers_media_is_answered_in_every_stage() {
    for mut stage in [Stage::inbound().answered(), Stage::inbound().waiting(), Stage::inbound().bridged()] {
        stage.leg(CALLER, LegEvent::ChangeOffered { sdp: Some(SDP.into()) });
        stage.tell(Input::SoundReady { leg: CALLER, sdp: b"new".as_slice().into() });
        assert!(stage.commands(CALLER).contains(&&LegCommand::AcceptChange { sdp: b"new".as_slice().into() }));
    }
}

fn with_note() -> Stage {
    let yaml = FLOW
        .replace("nodes:\n", "services: services.yaml\non_hangup: note\nnodes:\n")
        .replace("  bye:\n", "  note:\n    http: { service: note, if_failed: bye, then: bye }\n  bye:\n");
    Stage::with_flow(&yaml)
}

#[test]
fn the_flow_does_what_is_to_be_done_after_the_caller_hung_up() {
    let mut stage = with_note().answered();
    stage.leg(CALLER, hung_up());
    assert!(stage.record().is_none(), "the flow still tells a back end");
    let order = stage.orders.iter().find_map(|order| match order {
        Output::Fetch { order, .. } => Some(*order),
        _ => None,
    });
    let result = Ok(HttpAnswer { status: 200, body: String::new() });
    stage.tell(Input::Fetched { order: order.expect("a back end is told"), result });
    assert_eq!(stage.record().unwrap().disposition, Disposition::HungUpInFlow);
    assert!(stage.events().contains(&&CallEvent::CallerLeft));
}

#[test]
fn a_back_end_that_never_answers_does_not_keep_a_call_that_has_ended() {
    let mut stage = with_note().answered();
    stage.leg(CALLER, hung_up()).pass(Duration::from_secs(6));
    assert_eq!(stage.record().unwrap().disposition, Disposition::HungUpInFlow);
    let mut stage = with_note().waiting();
    stage.leg(CALLER, hung_up()).pass(Duration::from_secs(6));
    assert_eq!(stage.record().unwrap().disposition, Disposition::AbandonedInQueue);
}

#[test]
fn a_caller_waits_no_longer_than_the_flow_says() {
    let yaml = FLOW.replace("if_nobody: sorry", "wait_at_most: 30s, if_nobody: sorry, if_timeout: bye");
    let mut stage = Stage::with_flow(&yaml).waiting();
    stage.pass(Duration::from_secs(30));
    assert!(stage.acd().contains(&AcdOrder::Leave));
    assert_eq!(stage.said(CALLER).last().unwrap(), "Goodbye.");
    stage.prompt_ends(CALLER);
    assert_eq!(stage.record().unwrap().disposition, Disposition::NoAgent);
}

#[test]
fn an_agent_who_is_rung_may_still_take_a_caller_whose_time_is_over() {
    let yaml = FLOW.replace("if_nobody: sorry", "wait_at_most: 30s, if_nobody: sorry, if_timeout: bye");
    let mut stage = Stage::with_flow(&yaml).waiting();
    stage.offer(1).pass(Duration::from_secs(31));
    assert!(!stage.acd().contains(&AcdOrder::Leave));
}

const OUTSIDE: &str = r#"
callwright: 1
flow: hotline
language: en
start: open
person: desk
nodes:
  open:
    ticket: { open: fault, save: { number: ticket }, if_failed: desk, then: describe }
  describe:
    record: { slot: fault, say: "Speak after the tone.", if_nothing: desk, if_failed: desk, then: bye }
  desk:
    queue: { name: service, if_nobody: bye }
  bye:
    hang_up: { say: "Goodbye." }
"#;

#[test]
fn what_the_flow_asks_of_the_server_is_passed_on_and_answered() {
    let mut stage = Stage::with_flow(OUTSIDE).answered();
    let asked = stage.orders.iter().find_map(|order| match order {
        Output::Consult { order, request } => Some((*order, request.kind())),
        _ => None,
    });
    let (order, kind) = asked.expect("the server is asked");
    assert_eq!(kind, call_model::ConsultKind::OpenTicket);
    let ticket = call_model::Ticket {
        number: "481516".parse().expect("six digits"),
        kind: "fault".to_owned(),
        status: "open".to_owned(),
        opened: "2026-11-24".parse().expect("a day"),
        fields: Default::default(),
    };
    stage.tell(Input::Consulted { order, result: Ok(call_model::Consulted::Ticket { ticket: Some(ticket) }) });
    stage.prompt_ends(CALLER);
    let recorded = stage.orders.iter().find_map(|order| match order {
        Output::Record { order, leg, request } => Some((*order, *leg, request.beep)),
        _ => None,
    });
    let (order, leg, beep) = recorded.expect("the caller is recorded");
    assert_eq!((leg, beep), (CALLER, true));
    stage.tell(Input::Recorded { order, recording: Err(call_model::RecordFailure::NotAvailable) });
    assert!(stage.acd().iter().any(|order| matches!(order, AcdOrder::Join { .. })));
}

#[test]
fn the_wait_in_the_queue_counts_from_when_a_person_was_asked_for() {
    let flow = OUTSIDE.replace(
        "then: describe }\n",
        "then: describe }\n  usual:\n    pre_answer:\n      habit: { intent: bill, same_day_for_months: 1, caller: anyone }\n      \
         from: note\n      say: \"One moment.\"\n      then: desk\n  menu:\n    menu:\n      say: \"Bill?\"\n      \
         choices: { bill: { hear: [my bill], press: \"1\", goto: usual } }\n",
    );
    let flow = flow.replace("start: open", "start: menu\nservices: services.yaml");
    let mut stage = Stage::with_flow(&flow).answered();
    stage.say("my bill");
    let asked = stage.now;
    let order = stage.orders.iter().find_map(|order| match order {
        Output::Consult { order, .. } => Some(*order),
        _ => None,
    });
    stage.pass(Duration::from_secs(2));
    let result = Err(call_model::ConsultFailure::Failed);
    stage.tell(Input::Consulted { order: order.expect("the history is asked for"), result });
    let since = stage.acd().iter().find_map(|order| match order {
        AcdOrder::Join { since, .. } => Some(*since),
        _ => None,
    });
    assert_eq!(since, Some(asked));
}
