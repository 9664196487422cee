//! Whatever the wire does: every leg ends exactly once, nobody waits for ever, nothing is left.

use call_model::{LegCommand, LegEvent, LegId};
use proptest::prelude::*;
use sip_stack::Chance;

use crate::support::{A, B, Trouble, World, ms, sdp};

/// Two calls' worth of people who do things at random moments.
fn live(seed: u64, trouble: Trouble) {
    let mut world = World::pair(seed);
    world.trouble = trouble;
    let mut chance = Chance::new(seed);
    let mut seen = [0, 0];
    let mut legs: Vec<(usize, LegId)> = Vec::new();
    for step in 0..120 {
        if step < 60 && step % 6 == 0 {
            let sdp = (chance.below(4) > 0).then(|| sdp("offer"));
            legs.push((A, world.call(step + 1, sdp)));
        }
        for side in [A, B] {
            while seen[side] < world.sides[side].invites.len() {
                let leg = world.sides[side].invites[seen[side]].0;
                seen[side] += 1;
                legs.push((side, leg));
            }
        }
        if !legs.is_empty() {
            let (side, leg) = legs[chance.below(legs.len() as u64) as usize];
            act(&mut world, side, leg, &mut chance);
        }
        world.run_for(ms(chance.below(400)));
    }
    for (side, leg) in legs.clone() {
        let now = world.now;
        let _ = world.sides[side].endpoint.command(leg, LegCommand::End, now);
        world.flush(side);
    }
    world.run_out();
    for side in [A, B] {
        for (leg, _) in world.sides[side].invites.clone() {
            world.ending(side, leg);
        }
    }
    for (side, leg) in legs {
        world.ending(side, leg);
    }
    world.assert_empty();
}

fn act(world: &mut World, side: usize, leg: LegId, chance: &mut Chance) {
    let events = world.events(side, leg);
    let offered = events.iter().filter(|event| matches!(event, LegEvent::ChangeOffered { .. })).count();
    let command = match chance.below(10) {
        0 => LegCommand::Ring { sdp: None },
        1..=4 => LegCommand::Answer { sdp: sdp("answer") },
        5 if offered > 0 => LegCommand::AcceptChange { sdp: sdp("accepted") },
        5 | 6 => LegCommand::Change { sdp: sdp("change") },
        7 => LegCommand::AcknowledgeWith { sdp: sdp("late answer") },
        8 if chance.below(3) == 0 => LegCommand::Reject { status: 486, retry_after: None },
        9 if chance.below(3) == 0 => LegCommand::End,
        8 | 9 => LegCommand::RefuseChange { status: 488 },
        _ => LegCommand::Ring { sdp: Some(sdp("early")) },
    };
    let now = world.now;
    let _ = world.sides[side].endpoint.command(leg, command, now);
    world.flush(side);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_leg_ends_once_and_nothing_is_left(
        seed in any::<u64>(),
        lost in 0u64..400,
        repeated in 0u64..300,
        reordered in 0u64..500,
    ) {
        live(seed, Trouble { lost, repeated, reordered });
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let mut world = World::pair(11);
        world.trouble = Trouble { lost: 100, repeated: 100, reordered: 100 };
        for leg in 1..10 {
            world.call(leg, Some(sdp("offer")));
        }
        world.run_out();
        world.sent
    };
    assert_eq!(run(), run());
}
