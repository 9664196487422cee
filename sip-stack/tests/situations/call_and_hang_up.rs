//! The whole way of a call: INVITE, 180, 200, ACK, BYE, each side hanging up.

use crate::support::{A, B, World, sdp};
use call_model::{Cause, LegCommand, LegEvent};

#[test]
fn the_caller_hangs_up() {
    let mut world = World::pair(1);
    let (a, b) = world.confirmed(1);
    world.command(A, a, LegCommand::End);
    world.run_out();
    let (a, b) = (world.ending(A, a), world.ending(B, b));
    assert_eq!((a.cause, a.by_peer), (Cause::Normal, false));
    assert_eq!((b.cause, b.by_peer), (Cause::Normal, true));
    world.assert_empty();
}

#[test]
fn the_called_party_hangs_up() {
    let mut world = World::pair(2);
    let (a, b) = world.confirmed(1);
    world.command(B, b, LegCommand::End);
    world.run_out();
    assert!(world.ending(A, a).by_peer);
    assert!(!world.ending(B, b).by_peer);
    world.assert_empty();
}

#[test]
fn it_rings_first_and_early_media_is_told() {
    let mut world = World::pair(3);
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(std::time::Duration::from_millis(50));
    let (b, invite) = world.sides[B].invites[0].clone();
    assert_eq!(invite.sdp, Some(sdp("offer")));
    assert_eq!(invite.request_user.as_deref(), Some("100"));
    assert_eq!(invite.from_user.as_deref(), Some("4930123"));
    world.command(B, b, LegCommand::Ring { sdp: None });
    world.command(B, b, LegCommand::Ring { sdp: Some(sdp("early")) });
    world.run_for(std::time::Duration::from_millis(50));
    assert_eq!(world.events(A, a), [LegEvent::Ringing { sdp: None }, LegEvent::Ringing { sdp: Some(sdp("early")) }]);
}

#[test]
fn a_refusal_tells_its_status() {
    let mut world = World::pair(4);
    let a = world.call(1, Some(sdp("offer")));
    world.run_for(std::time::Duration::from_millis(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Reject { status: 486, retry_after: None });
    world.run_out();
    let failure = world.ending(A, a);
    assert_eq!((failure.cause, failure.sip_status, failure.by_peer), (Cause::Busy, Some(486), true));
    world.ending(B, b);
    world.assert_empty();
    assert_eq!(world.sent_with("ACK").len(), 1);
}

#[test]
fn nobody_answers_a_dead_address() {
    let mut world = World::pair(5);
    world.filters.push(Box::new(|_| true));
    let a = world.call(1, Some(sdp("offer")));
    world.run_out();
    assert_eq!(world.ending(A, a).cause, Cause::Unreachable);
    world.assert_empty();
}

#[test]
fn the_ring_time_runs_out() {
    let mut world = World::pair(6);
    let a = world.call(1, Some(sdp("offer")));
    world.run_out();
    let b = world.last_invite(B);
    assert_eq!(world.ending(A, a).cause, Cause::NoAnswer);
    assert_eq!(world.ending(B, b).cause, Cause::Cancelled);
    assert!(world.ending(B, b).by_peer);
    world.assert_empty();
}
