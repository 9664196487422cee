//! INVITE without a session description: the offer comes in the 200, the answer in the ACK (RFC 3261 13.2.1).

use call_model::{LegCommand, LegEvent};

use crate::support::{A, B, World, ms, sdp};

#[test]
fn the_answer_travels_in_the_ack() {
    let mut world = World::pair(1);
    let a = world.call(1, None);
    world.run_for(ms(50));
    let (b, invite) = world.sides[B].invites[0].clone();
    assert_eq!(invite.sdp, None);
    world.command(B, b, LegCommand::Answer { sdp: sdp("offer") });
    world.run_for(ms(50));
    assert_eq!(world.events(A, a), [LegEvent::Answered { sdp: Some(sdp("offer")) }]);
    assert!(world.sent_with("ACK").is_empty());
    world.run_for(ms(600));
    world.command(A, a, LegCommand::AcknowledgeWith { sdp: sdp("answer") });
    world.run_for(ms(50));
    assert_eq!(world.events(B, b), [LegEvent::Answered { sdp: Some(sdp("answer")) }]);
    world.command(A, a, LegCommand::End);
    world.run_out();
    world.ending(A, a);
    world.ending(B, b);
    world.assert_empty();
}

#[test]
fn a_call_that_ends_before_its_answer_is_acknowledged_all_the_same() {
    let mut world = World::pair(2);
    let a = world.call(1, None);
    world.run_for(ms(50));
    let b = world.last_invite(B);
    world.command(B, b, LegCommand::Answer { sdp: sdp("offer") });
    world.run_for(ms(50));
    world.command(A, a, LegCommand::End);
    world.run_out();
    assert_eq!(world.sent_with("ACK").len(), 1);
    assert_eq!(world.events(B, b)[0], LegEvent::Answered { sdp: None });
    assert!(world.ending(B, b).by_peer);
    world.assert_empty();
}
