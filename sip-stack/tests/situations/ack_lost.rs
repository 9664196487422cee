//! The 200 is sent again until its ACK comes (RFC 3261 13.3.1.4).

use call_model::{Cause, LegCommand, LegEvent};

use crate::support::{A, B, World, ms, sdp, secs};

#[test]
fn the_200_is_sent_again_and_acknowledged_again() {
    let mut world = World::pair(1);
    world.lose(2, |packet| packet.is("ACK"));
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
    world.run_for(secs(5));
    assert_eq!(world.sent_with("ACK").len(), 3);
    assert_eq!(world.sent_with("200").len(), 3);
    assert_eq!(world.events(A, a), [LegEvent::Answered { sdp: Some(sdp("answer")) }]);
    assert_eq!(world.events(B, b), [LegEvent::Answered { sdp: None }]);
}

#[test]
fn without_any_ack_the_call_is_ended_with_bye() {
    let mut world = World::pair(2);
    world.filters.push(Box::new(|packet| packet.is("ACK")));
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
    world.run_out();
    assert_eq!(world.ending(B, b).cause, Cause::Unreachable);
    assert_eq!(world.events(B, b).len(), 1);
    assert!(world.ending(A, a).by_peer);
    assert_eq!(world.sent_with("BYE").len(), 1);
    world.assert_empty();
}

#[test]
fn a_call_ended_before_its_ack_sends_bye_after_it() {
    let mut world = World::pair(3);
    world.lose(1, |packet| packet.is("ACK"));
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
    world.run_for(ms(20));
    world.command(B, b, LegCommand::End);
    assert!(world.sent_with("BYE").is_empty());
    world.run_out();
    assert_eq!(world.sent_with("BYE").len(), 1);
    assert!(world.ending(A, a).by_peer);
    assert_eq!(world.ending(B, b).cause, Cause::Normal);
    world.assert_empty();
}

#[test]
fn a_lost_200_does_not_answer_twice() {
    let mut world = World::pair(4);
    world.lose(3, |packet| packet.is("200"));
    let (a, b) = {
        let a = world.call(1, Some(sdp("offer")));
        world.run_for(ms(50));
        let b = world.last_invite(B);
        world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
        world.run_for(secs(10));
        (a, b)
    };
    assert_eq!(world.events(A, a).len(), 1);
    assert_eq!(world.events(B, b).len(), 1);
    world.command(A, a, LegCommand::End);
    world.run_out();
    world.assert_empty();
}
