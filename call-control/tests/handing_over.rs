//! From the queue to an agent.

mod support;

use std::time::Duration;

use call_control::{AcdOrder, Destination, Input, OfferId, Output};
use call_model::{AgentId, CallEvent, Cause, Disposition, LegCommand, LegEvent, LegId, Party, SoundOrder};
use support::{AGENT, CALLER, FLOW, SDP, Stage, hung_up, refused};

#[test]
fn must_aai_the_agents_telephone_gets_the_context_in_two_headers() {
    let mut stage = Stage::inbound().waiting();
    stage.offer(1).tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() });
    let headers = stage.orders.iter().find_map(|order| match order {
        Output::Originate { leg: AGENT, destination: Destination::Agent(agent), headers, .. } => {
            assert_eq!(*agent, AgentId::new("alice"));
            Some(headers.clone())
        }
        _ => None,
    });
    let headers = headers.expect("the agent is called");
    assert_eq!(headers[0].0, "X-Context-Id");
    let handle = headers[0].1.replace('-', "");
    assert_eq!(headers[1], ("User-to-User", format!("00{handle};encoding=hex;purpose=isdn-uui")));
    assert!(stage.has(|order| matches!(order, Output::Context(context) if context.intent.as_deref() == Some("bill"))));
}

#[test]
fn the_agent_hears_the_whisper_and_takes_the_call_with_a_key() {
    let mut stage = Stage::inbound().whispering();
    assert!(stage.said(AGENT)[0].starts_with("Bill enquiry"));
    assert!(!stage.has(|order| matches!(order, Output::Sound(SoundOrder::Bridge { .. }))));
    stage.pass(Duration::from_secs(3)).key(AGENT, '1');
    assert!(stage.has(|order| matches!(order, Output::Sound(SoundOrder::Bridge { a: CALLER, b: AGENT, .. }))));
    assert!(stage.acd().contains(&AcdOrder::OfferAccepted { offer: OfferId(1) }));
    assert!(stage.events().iter().any(|event| matches!(event, CallEvent::AgentAccepted { waited_ms: 3000, .. })));
}

#[test]
fn another_key_takes_nothing() {
    let mut stage = Stage::inbound().whispering();
    stage.key(AGENT, '2').key(CALLER, '1');
    assert!(!stage.has(|order| matches!(order, Output::Sound(SoundOrder::Bridge { .. }))));
}

#[test]
fn a_key_before_the_answer_takes_nothing() {
    let mut stage = Stage::inbound().waiting();
    stage.offer(1).tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() }).key(AGENT, '1');
    assert!(!stage.has(|order| matches!(order, Output::Sound(SoundOrder::Bridge { .. }))));
}

#[test]
fn an_agent_who_never_presses_the_key_loses_the_call() {
    let mut stage = Stage::inbound().whispering();
    stage.prompt_ends(AGENT).pass(Duration::from_secs(15));
    assert!(stage.commands(AGENT).contains(&&LegCommand::End));
    assert!(stage.acd().contains(&AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::NoAnswer }));
    assert!(stage.record().is_none());
}

#[test]
fn a_busy_agent_is_told_to_the_distribution_and_the_caller_goes_on_waiting() {
    let mut stage = Stage::inbound().waiting();
    stage.offer(1).tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() }).leg(AGENT, refused(486));
    assert!(stage.acd().contains(&AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::Busy }));
    assert!(stage.has(|order| *order == Output::CloseSound { leg: AGENT }));
    assert!(stage.record().is_none());
}

#[test]
fn an_agent_who_hangs_up_during_the_whisper_declines() {
    let mut stage = Stage::inbound().whispering();
    stage.leg(AGENT, hung_up());
    assert!(stage.acd().contains(&AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::Rejected }));
}

#[test]
fn when_the_caller_leaves_the_agents_telephone_stops_at_once() {
    let mut stage = Stage::inbound().waiting();
    stage.offer(1).tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() });
    stage.leg(AGENT, LegEvent::Ringing { sdp: None }).forget();
    stage.leg(CALLER, hung_up());
    // Without waiting for the record.
    assert_eq!(stage.commands(AGENT), [&LegCommand::End]);
    let closing = AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::Cancelled };
    assert_eq!(stage.acd(), [AcdOrder::Leave, closing]);
    assert_eq!(stage.record().unwrap().disposition, Disposition::AbandonedInQueue);
}

#[test]
fn an_offer_that_crosses_the_callers_leaving_is_closed() {
    let mut stage = Stage::inbound().waiting();
    stage.leg(CALLER, hung_up()).forget().offer(1);
    assert_eq!(stage.acd(), [AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::Cancelled }]);
}

#[test]
fn nobody_reachable_lets_the_flow_go_on() {
    let mut stage = Stage::inbound().waiting();
    stage.tell(Input::NobodyReachable);
    assert_eq!(stage.said(CALLER).last().unwrap(), "Nobody is there.");
    stage.prompt_ends(CALLER);
    assert_eq!(stage.record().unwrap().disposition, Disposition::NoAgent);
}

#[test]
fn the_place_in_the_queue_is_said_between_the_music() {
    let mut stage = Stage::inbound().waiting();
    stage.tell(Input::PositionTold { position: 2 });
    assert_eq!(stage.said(CALLER).last().unwrap(), "You are number 2 in line.");
    stage.forget().tell(Input::Sound(call_model::SoundFact::Finished { order: call_model::OrderId(0) }));
    assert!(stage.orders.is_empty());
}

#[test]
fn music_comes_back_after_the_announcement() {
    let mut stage = Stage::inbound().waiting();
    stage.tell(Input::PositionTold { position: 1 });
    let said = stage.playing(CALLER).unwrap();
    stage.forget().tell(Input::Sound(call_model::SoundFact::Finished { order: said }));
    assert!(stage.has(|order| matches!(order, Output::Sound(SoundOrder::PlayMusic { .. }))));
}

#[test]
fn an_agent_who_hangs_up_ends_the_call() {
    let mut stage = Stage::inbound().bridged();
    stage.leg(AGENT, hung_up());
    let record = stage.record().unwrap();
    assert_eq!((record.termination.by, record.disposition), (Party::Agent, Disposition::HandedOver));
    assert_eq!(record.agent, Some(AgentId::new("alice")));
    assert!(stage.acd().contains(&AcdOrder::Released { offer: OfferId(1) }));
    stage.tell(Input::Stored);
    assert!(stage.commands(CALLER).contains(&&LegCommand::End));
}

#[test]
fn a_caller_who_hangs_up_ends_the_agents_leg_at_once() {
    let mut stage = Stage::inbound().bridged();
    stage.forget().leg(CALLER, hung_up());
    assert_eq!(stage.commands(AGENT), [&LegCommand::End]);
    assert!(stage.commands(CALLER).is_empty());
}

#[test]
fn an_operator_ends_the_call_in_every_stage() {
    let stages = [
        Stage::inbound(),
        Stage::inbound().answered(),
        Stage::inbound().waiting(),
        Stage::inbound().whispering(),
        Stage::inbound().bridged(),
        Stage::outbound(),
    ];
    for mut stage in stages {
        stage.tell(Input::EndRequested { by: Party::Operator, cause: Cause::Shutdown }).tell(Input::Stored);
        assert_eq!(stage.record().unwrap().termination.by, Party::Operator);
        assert!(stage.is_over());
    }
}

#[test]
fn an_offer_that_is_taken_back_while_it_rings_was_not_answered() {
    let mut stage = Stage::inbound().waiting();
    stage.offer(1).tell(Input::SoundReady { leg: AGENT, sdp: SDP.into() });
    stage.tell(Input::OfferWithdrawn { offer: OfferId(1) });
    assert_eq!(stage.commands(AGENT), [&LegCommand::End]);
    assert!(stage.events().iter().any(|event| matches!(event, CallEvent::OfferFailed { cause: Cause::NoAnswer, .. })));
    assert!(stage.acd().contains(&AcdOrder::OfferFailed { offer: OfferId(1), cause: Cause::Cancelled }));
}

const OUTSIDE: LegId = LegId(3);

fn transferring() -> Stage {
    let yaml = FLOW.replace(
        "queue: { name: service, whisper: \"Bill enquiry\", if_nobody: sorry }",
        "transfer: { to: \"+4930123456\", ring: 20s, if_busy: bye, if_failed: sorry }",
    );
    let mut stage = Stage::with_flow(&yaml).answered();
    stage.say("my bill").tell(Input::LegGiven { leg: OUTSIDE });
    stage.tell(Input::SoundReady { leg: OUTSIDE, sdp: SDP.into() });
    stage
}

#[test]
fn a_caller_is_connected_with_somebody_outside() {
    let mut stage = transferring();
    assert!(
        stage.has(|order| matches!(order, Output::Originate { destination: Destination::Outside(to), headers, .. }
        if to == "+4930123456" && headers.iter().any(|(name, _)| *name == "User-to-User")))
    );
    stage.leg(OUTSIDE, LegEvent::Answered { sdp: Some(SDP.into()) });
    assert!(stage.has(|order| matches!(order, Output::Sound(SoundOrder::Bridge { b: OUTSIDE, .. }))));
    assert!(stage.events().contains(&&CallEvent::TransferConnected { leg: OUTSIDE }));
    stage.leg(OUTSIDE, hung_up());
    assert_eq!(stage.record().unwrap().disposition, Disposition::HandedOver);
}

#[test]
fn a_caller_who_is_not_connected_goes_on_in_the_flow() {
    for (status, said) in [(486, "Goodbye."), (404, "Nobody is there.")] {
        let mut stage = transferring();
        stage.leg(OUTSIDE, refused(status));
        assert_eq!(stage.said(CALLER).last().unwrap(), said);
        assert!(stage.commands(OUTSIDE).contains(&&LegCommand::End));
    }
}

#[test]
fn a_caller_who_leaves_while_somebody_is_rung_ends_the_ringing() {
    let mut stage = transferring();
    stage.leg(CALLER, hung_up());
    assert!(stage.commands(OUTSIDE).contains(&&LegCommand::End));
    assert_eq!(stage.record().unwrap().disposition, Disposition::HungUpInFlow);
}
