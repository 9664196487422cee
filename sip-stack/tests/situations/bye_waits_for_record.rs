//! The answer to a BYE is the last word to the peer: it waits until the call has kept its record.

use call_model::LegCommand;

use crate::support::{A, B, World, ms, secs};

fn hung_up_by_a(seed: u64) -> (World, call_model::LegId) {
    let mut world = World::pair(seed);
    world.forgetful = true;
    let (a, b) = world.confirmed(1);
    world.command(A, a, LegCommand::End);
    world.run_for(ms(1200));
    (world, b)
}

#[test]
fn the_call_learns_of_it_at_once_and_lets_the_answer_go() {
    let (mut world, b) = hung_up_by_a(1);
    assert!(world.ending(B, b).by_peer);
    assert!(world.sent.iter().all(|packet| !packet.is_reply(200, "BYE")));
    world.command(B, b, LegCommand::End);
    world.run_for(ms(50));
    assert_eq!(world.sent.iter().filter(|packet| packet.is_reply(200, "BYE")).count(), 1);
    // Repetitions that crossed it get the same answer, and nothing is left behind.
    world.run_out();
    world.assert_empty();
}

#[test]
fn a_call_that_says_nothing_does_not_hold_the_peer_for_ever() {
    let (mut world, _) = hung_up_by_a(2);
    world.run_for(secs(15));
    assert!(world.sent.iter().any(|packet| packet.is_reply(200, "BYE")));
    world.run_out();
    world.assert_empty();
}

#[test]
fn the_answer_goes_out_once_whatever_the_call_says() {
    let (mut world, b) = hung_up_by_a(3);
    world.command(B, b, LegCommand::End);
    assert!(world.sides[B].endpoint.command(b, LegCommand::End, world.now).is_err(), "the leg is over");
    world.run_out();
    world.assert_empty();
}
