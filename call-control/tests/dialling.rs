//! An outbound call until its answer.

mod support;

use call_control::{Destination, Input, Output};
use call_model::{CallEvent, Cause, Disposition, LegCommand, LegEvent, LegFailure};
use support::{CALLER, SDP, Stage, refused};

fn dialled() -> Stage {
    let mut stage = Stage::outbound();
    stage.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() }).tell(Input::Begun);
    stage
}

#[test]
fn it_is_dialled_only_when_its_row_is_on_disk() {
    let mut stage = Stage::outbound();
    stage.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() });
    assert!(!stage.has(|order| matches!(order, Output::Originate { .. })));
    stage.tell(Input::Begun);
    assert!(stage.has(|order| {
        matches!(order, Output::Originate { destination: Destination::Number { trunk, .. }, .. } if trunk == "carrier")
    }));
}

#[test]
fn a_call_that_cannot_be_stored_is_not_dialled() {
    let mut stage = Stage::outbound();
    stage.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() }).tell(Input::NotBegun).tell(Input::Stored);
    assert!(!stage.has(|order| matches!(order, Output::Originate { .. })));
    assert!(stage.is_over());
}

#[test]
fn what_the_network_says_becomes_the_disposition() {
    let table = [
        (486, Disposition::Busy),
        (600, Disposition::Busy),
        (480, Disposition::NoAnswer),
        (603, Disposition::Rejected),
        (404, Disposition::InvalidNumber),
        (484, Disposition::InvalidNumber),
        (500, Disposition::Unreachable),
    ];
    for (status, disposition) in table {
        let mut stage = dialled();
        stage.leg(CALLER, refused(status));
        let record = stage.record().unwrap();
        assert_eq!((record.disposition, record.termination.sip_status), (disposition, Some(status)), "{status}");
    }
}

#[test]
fn nobody_answers_in_the_ring_time() {
    let mut stage = dialled();
    stage.leg(CALLER, LegEvent::Ringing { sdp: None });
    let failure = LegFailure { cause: Cause::NoAnswer, sip_status: None, by_peer: false };
    stage.leg(CALLER, LegEvent::Ended(failure));
    assert_eq!(stage.record().unwrap().disposition, Disposition::NoAnswer);
    assert!(stage.events().contains(&&CallEvent::Ringing));
}

#[test]
fn an_answer_begins_the_flow() {
    let mut stage = dialled();
    stage.leg(CALLER, LegEvent::Answered { sdp: Some(SDP.into()) });
    assert!(stage.has(|order| *order == Output::AnswerSound { leg: CALLER, answer: SDP.into() }));
    assert_eq!(stage.said(CALLER), ["Bill or nothing?"]);
}

#[test]
fn a_cancelled_attempt_ends_its_leg() {
    let mut stage = dialled();
    let cancel = Input::EndRequested { by: call_model::Party::Operator, cause: Cause::Cancelled };
    stage.tell(cancel).tell(Input::Stored);
    assert!(stage.commands(CALLER).contains(&&LegCommand::End));
    assert_eq!(stage.record().unwrap().disposition, Disposition::Failed);
}

#[test]
fn an_attempt_that_is_cancelled_while_it_rings_counts_as_not_answered() {
    let mut stage = dialled();
    stage.leg(CALLER, LegEvent::Ringing { sdp: None });
    stage.tell(Input::EndRequested { by: call_model::Party::Operator, cause: Cause::Cancelled });
    assert_eq!(stage.record().unwrap().disposition, Disposition::NoAnswer);
}
