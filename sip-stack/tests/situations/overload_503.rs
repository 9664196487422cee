//! More calls than are allowed: 503 with Retry-After, before any state is made.

use call_model::LegCommand;
use sip_stack::InviteError;

use crate::support::{A, B, World, ms, sdp, secs};

#[test]
fn calls_at_once_are_limited() {
    let mut world = World::pair_with(1, |side, config| {
        if side == B {
            config.limits.legs = 3;
            config.limits.retry_after = 7;
        }
    });
    let legs: Vec<_> = (1..=5).map(|leg| world.call(leg, Some(sdp("offer")))).collect();
    world.run_for(ms(50));
    assert_eq!(world.sides[B].invites.len(), 3);
    assert_eq!(world.sides[B].endpoint.stats().transactions, 3);
    for refused in &legs[3..] {
        let ending = world.ending(A, *refused);
        assert_eq!((ending.cause, ending.sip_status), (call_model::Cause::Overload, Some(503)));
    }
    let refusal = world.sent_with("503")[0].response();
    assert_eq!(refusal.headers.get("Retry-After"), Some("7"));
    // A place that was left is taken again.
    world.command(A, legs[0], LegCommand::End);
    world.run_for(secs(1));
    world.call(6, Some(sdp("offer")));
    world.run_for(ms(50));
    assert_eq!(world.sides[B].invites.len(), 4);
}

#[test]
fn new_calls_a_second_are_limited() {
    let mut world = World::pair_with(2, |side, config| {
        if side == B {
            (config.limits.calls_per_second, config.limits.burst) = (10, 5);
        }
    });
    for leg in 1..=20 {
        world.call(leg, Some(sdp("offer")));
    }
    world.run_for(ms(50));
    assert_eq!(world.sides[B].invites.len(), 5);
    world.run_for(secs(1));
    for leg in 21..=40 {
        world.call(leg, Some(sdp("offer")));
    }
    world.run_for(ms(50));
    assert_eq!(world.sides[B].invites.len(), 10);
}

#[test]
fn our_own_calls_are_limited_too() {
    let mut world = World::pair_with(3, |_, config| config.limits.legs = 1);
    world.call(1, Some(sdp("offer")));
    let order = sip_stack::OutgoingInvite {
        to: sip_stack::Target::Trunk { name: "peer".to_owned(), user: "1".to_owned() },
        from_user: None,
        display: None,
        headers: vec![],
        sdp: None,
        call_id: None,
        ring_time: secs(10),
    };
    let now = world.now;
    let result = world.sides[A].endpoint.invite(call_model::LegId(2), order, now);
    assert_eq!(result, Err(InviteError::Full));
}
