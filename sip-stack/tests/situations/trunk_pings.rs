//! OPTIONS to a trunk: it is told when it stops answering and when it is back.

use call_model::LegId;
use sip_stack::{InviteError, OutgoingInvite, Output, Target};

use crate::support::{A, B, World, secs};

fn states(world: &World) -> Vec<bool> {
    let outputs = world.sides[A].outputs.iter();
    let states = outputs.filter_map(|output| match output {
        Output::TrunkState { alive, .. } => Some(*alive),
        _ => None,
    });
    states.collect()
}

#[test]
fn death_and_life_are_told_once_each() {
    let mut world = World::pair_with(1, |side, config| {
        if side == A {
            config.trunks[0].ping = Some(secs(20));
        }
    });
    world.run_for(secs(100));
    assert_eq!(states(&world), [true]);
    assert!(world.sent_with("OPTIONS").len() >= 5);
    world.filters.push(Box::new(|packet| packet.is("OPTIONS")));
    world.run_for(secs(100));
    assert_eq!(states(&world), [true, false]);
    let order = OutgoingInvite {
        to: Target::Trunk { name: "peer".to_owned(), user: "1".to_owned() },
        from_user: None,
        display: None,
        headers: vec![],
        sdp: None,
        call_id: None,
        ring_time: secs(1),
    };
    let now = world.now;
    let result = world.sides[A].endpoint.invite(LegId(1), order, now);
    assert_eq!(result, Err(InviteError::TrunkDown("peer".to_owned())));
    world.filters.clear();
    world.run_for(secs(100));
    assert_eq!(states(&world), [true, false, true]);
    assert!(world.sides[B].invites.is_empty());
}
