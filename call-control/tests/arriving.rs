//! An inbound call until its answer.

mod support;

use call_control::{Direction, Input, Output, SoundTrouble};
use call_model::{Cause, LegCommand, LegEvent, Party};
use support::{CALLER, SDP, Stage, hung_up, refused};

#[test]
fn it_is_answered_only_when_its_row_is_on_disk_and_its_sound_open() {
    let mut stage = Stage::inbound();
    assert!(stage.has(|order| *order == Output::Begin));
    stage.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() });
    assert!(stage.commands(CALLER).is_empty());
    stage.tell(Input::Begun);
    assert_eq!(stage.commands(CALLER), [&LegCommand::Answer { sdp: SDP.into() }]);
    stage.tell(Input::Begun);
    assert_eq!(stage.commands(CALLER).len(), 1);
}

#[test]
fn without_a_row_it_is_refused_with_503() {
    let mut stage = Stage::inbound();
    stage.tell(Input::NotBegun);
    assert_eq!(stage.commands(CALLER), [&LegCommand::Reject { status: 503, retry_after: Some(10) }]);
    assert_eq!(stage.record().unwrap().termination.cause, Cause::Overload);
}

#[test]
fn without_a_common_codec_it_is_refused_with_488() {
    let mut stage = Stage::inbound();
    stage.tell(Input::SoundRefused { leg: CALLER, why: SoundTrouble::NoCommonCodec });
    assert_eq!(stage.commands(CALLER), [&LegCommand::Reject { status: 488, retry_after: None }]);
    let termination = stage.record().unwrap().termination;
    assert_eq!((termination.by, termination.sip_status), (Party::System, Some(488)));
}

#[test]
fn a_caller_who_gives_up_before_the_answer_leaves_a_record() {
    let mut stage = Stage::inbound();
    stage.tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() });
    stage.leg(CALLER, refused(487));
    let termination = stage.record().unwrap().termination;
    assert_eq!((termination.by, termination.cause), (Party::Caller, Cause::Cancelled));
    stage.tell(Input::Stored);
    assert!(stage.has(|order| *order == Output::CloseSound { leg: CALLER }));
    assert!(stage.is_over());
}

#[test]
fn an_invite_without_a_description_gets_our_offer_and_its_answer_comes_with_the_ack() {
    let mut stage = Stage::new(Direction::Inbound { leg: CALLER, offer: None });
    assert!(stage.has(|order| *order == Output::OpenSound { leg: CALLER, offer: None }));
    stage.tell(Input::Begun).tell(Input::SoundReady { leg: CALLER, sdp: SDP.into() });
    stage.leg(CALLER, LegEvent::Answered { sdp: Some(b"answer".as_slice().into()) });
    assert!(stage.has(|order| *order == Output::AnswerSound { leg: CALLER, answer: b"answer".as_slice().into() }));
}

#[test]
fn facts_about_other_legs_change_nothing() {
    let mut stage = Stage::inbound();
    stage.leg(support::AGENT, hung_up());
    assert!(stage.record().is_none());
}
