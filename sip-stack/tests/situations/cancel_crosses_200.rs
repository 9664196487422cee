//! CANCEL against the answers that it may cross (RFC 3261 9).

use call_model::{Cause, LegCommand};

use crate::support::{A, B, World, ms, sdp};

#[test]
fn the_200_is_acknowledged_and_ended() {
    let mut world = World::pair(1);
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Ring { sdp: None });
    world.run_for(ms(50));
    world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
    world.command(A, a, LegCommand::End);
    world.run_out();
    let ending = world.ending(A, a);
    assert_eq!((ending.cause, ending.by_peer), (Cause::Cancelled, false));
    assert!(world.ending(B, b).by_peer);
    assert_eq!(world.sent_with("CANCEL").len(), 1);
    assert_eq!(world.sent_with("ACK").len(), 1);
    assert_eq!(world.sent_with("BYE").len(), 1);
    assert!(world.sent.iter().any(|packet| packet.is_reply(200, "CANCEL")));
    world.assert_empty();
}

#[test]
fn cancel_waits_for_a_provisional_response() {
    let mut world = World::pair(2);
    let a = world.call(1, Some(sdp("offer")));
    world.command(A, a, LegCommand::End);
    world.run_for(ms(150));
    assert!(world.sent_with("CANCEL").is_empty());
    world.run_for(ms(200));
    assert_eq!(world.sent_with("100").len(), 1);
    assert_eq!(world.sent_with("CANCEL").len(), 1);
    let b = world.last_invite(B);
    world.run_out();
    assert_eq!(world.ending(B, b).cause, Cause::Cancelled);
    assert_eq!(world.sent_with("487").len(), 1);
    world.assert_empty();
}

#[test]
fn a_lost_cancel_is_sent_again() {
    let mut world = World::pair(3);
    world.lose(2, |packet| packet.is("CANCEL"));
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(300));
    world.command(A, a, LegCommand::End);
    world.run_out();
    let b = world.last_invite(B);
    assert_eq!(world.sent_with("CANCEL").len(), 3);
    assert_eq!(world.ending(B, b).cause, Cause::Cancelled);
    world.assert_empty();
}

#[test]
fn a_peer_that_never_answers_the_cancelled_invite_is_given_up() {
    let mut world = World::pair(4);
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(ms(300));
    world.filters.push(Box::new(|packet| packet.from.to_string() == "192.0.2.2:5060"));
    world.command(A, a, LegCommand::End);
    world.run_out();
    assert_eq!(world.ending(A, a).cause, Cause::Cancelled);
    assert_eq!(world.sides[A].endpoint.stats().lingering_legs, 0);
    assert_eq!(world.sides[A].endpoint.stats().transactions, 0);
}
