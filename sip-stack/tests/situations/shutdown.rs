//! The service is being stopped: no new calls, and at the end none at all.

use call_model::{Cause, LegCommand};
use sip_stack::{InviteError, OutgoingInvite, Target};

use crate::support::{A, B, World, ms, sdp, secs};

#[test]
fn calls_in_progress_go_on_and_new_ones_are_refused() {
    let mut world = World::pair(1);
    let (a, b) = world.confirmed(1);
    let now = world.now;
    world.sides[B].endpoint.stop_accepting(now);
    let refused = world.call(2, Some(sdp("offer")));
    world.run_for(ms(50));
    assert_eq!(world.ending(A, refused).sip_status, Some(503));
    let order = OutgoingInvite {
        to: Target::Trunk { name: "peer".to_owned(), user: "1".to_owned() },
        from_user: None,
        display: None,
        headers: vec![],
        sdp: None,
        call_id: None,
        ring_time: secs(1),
    };
    assert_eq!(world.sides[B].endpoint.invite(call_model::LegId(9), order, now), Err(InviteError::Stopping));
    world.command(A, a, LegCommand::End);
    world.run_out();
    world.ending(B, b);
    world.assert_empty();
}

#[test]
fn all_calls_are_ended_whatever_their_stage() {
    let mut world = World::pair(2);
    let (a, b) = world.confirmed(1);
    let ringing = world.call(2, Some(sdp("offer")));
    world.run_for(ms(50));
    let ringing_at_b = world.last_invite(B);
    let back = Target::Trunk { name: "peer".to_owned(), user: "1".to_owned() };
    let calling = world.call_to(B, 3, back, Some(sdp("offer")));
    world.run_for(ms(300));
    let now = world.now;
    world.sides[B].endpoint.end_all(now);
    world.flush(B);
    for leg in [b, ringing_at_b, calling] {
        let ending = world.ending(B, leg);
        assert_eq!((ending.cause, ending.by_peer), (Cause::Shutdown, false));
    }
    world.run_out();
    for leg in [a, ringing, world.sides[A].invites[0].0] {
        assert!(world.ending(A, leg).by_peer);
    }
    world.assert_empty();
}
