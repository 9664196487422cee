//! Both sides change the media at once: 491, and each tries again after its own random time (RFC 3261 14.1).

use call_model::{LegCommand, LegEvent, LegId};

use crate::support::{A, B, World, address, config_at, ms, response, sdp, trunk_at};

#[test]
fn the_called_side_is_first_and_the_other_is_told() {
    for seed in 0..20 {
        let mut world = World::pair(seed);
        let (a, b) = world.confirmed(1);
        world.command(A, a, LegCommand::Change { sdp: sdp("from a") });
        world.command(B, b, LegCommand::Change { sdp: sdp("from b") });
        accept_all(&mut world, [(A, a), (B, b)]);
        assert_eq!(world.sent_with("491").len(), 2, "seed {seed}");
        // Its offer may not fit any more after the other's change, so the call decides again.
        assert_eq!(answers(&world, A, a), [LegEvent::ChangeAnswered { result: Err(491) }], "seed {seed}");
        assert_eq!(answers(&world, B, b), [LegEvent::ChangeAnswered { result: Ok(sdp("yes")) }], "seed {seed}");
        world.command(A, a, LegCommand::Change { sdp: sdp("from a, once more") });
        accept_all(&mut world, [(A, a), (B, b)]);
        assert_eq!(answers(&world, A, a)[1], LegEvent::ChangeAnswered { result: Ok(sdp("yes")) });
        world.command(A, a, LegCommand::End);
        world.run_out();
        world.assert_empty();
    }
}

#[test]
fn a_peer_that_only_says_491_is_asked_again_after_two_to_four_seconds() {
    for seed in 0..20 {
        let mut world = World::new(seed);
        let peer = address("192.0.2.9:5060");
        let mut config = config_at(address("192.0.2.1:5060"));
        config.trunks = vec![trunk_at("peer", peer)];
        world.add(config, seed);
        let leg = world.call(1, Some(sdp("offer")));
        world.run_for(ms(10));
        let invite = world.take_stranger();
        world.reply(&invite, &response(&invite, 200, "x", Some(sdp("answer"))));
        world.run_for(ms(10));
        world.take_strangers();
        world.command(A, leg, LegCommand::Change { sdp: sdp("hold") });
        world.run_for(ms(10));
        let first = world.take_stranger();
        world.reply(&first, &response(&first, 491, "x", None));
        world.run_for(ms(2050));
        assert!(world.take_stranger().is("ACK"));
        world.run_for(ms(2050));
        let second = world.take_strangers().remove(0);
        assert_eq!(second.request().body, sdp("hold"));
        world.reply(&second, &response(&second, 200, "x", Some(sdp("held"))));
        world.run_for(ms(10));
        assert_eq!(answers(&world, A, leg), [LegEvent::ChangeAnswered { result: Ok(sdp("held")) }]);
    }
}

fn accept_all(world: &mut World, legs: [(usize, LegId); 2]) {
    let mut seen = legs.map(|(side, leg)| world.events(side, leg).len());
    for _ in 0..100 {
        world.run_for(ms(100));
        for (index, (side, leg)) in legs.into_iter().enumerate() {
            let events = world.events(side, leg);
            for event in &events[seen[index]..] {
                if let LegEvent::ChangeOffered { .. } = event {
                    world.command(side, leg, LegCommand::AcceptChange { sdp: sdp("yes") });
                }
            }
            seen[index] = events.len();
        }
    }
}

fn answers(world: &World, side: usize, leg: LegId) -> Vec<LegEvent> {
    let events = world.events(side, leg).into_iter();
    events.filter(|event| matches!(event, LegEvent::ChangeAnswered { .. })).collect()
}
