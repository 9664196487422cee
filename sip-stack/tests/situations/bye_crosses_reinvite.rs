//! BYE against what it may cross.

use call_model::{LegCommand, LegEvent};

use crate::support::{A, B, World, ms, sdp};

#[test]
fn a_change_that_crosses_a_bye_is_answered_and_forgotten() {
    for seed in 0..10 {
        let mut world = World::pair(seed);
        let (a, b) = world.confirmed(1);
        world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
        world.command(B, b, LegCommand::End);
        world.run_out();
        assert!(world.ending(A, a).by_peer);
        assert!(!world.ending(B, b).by_peer);
        world.assert_empty();
    }
}

#[test]
fn a_change_that_waits_for_the_call_gets_487_when_the_peer_hangs_up() {
    let mut world = World::pair(1);
    let (a, b) = world.confirmed(1);
    world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
    world.run_for(ms(50));
    assert!(matches!(world.events(B, b).last(), Some(LegEvent::ChangeOffered { .. })));
    world.command(A, a, LegCommand::End);
    world.run_out();
    assert_eq!(world.sent_with("487").len(), 1);
    world.ending(B, b);
    world.assert_empty();
}

#[test]
fn both_hang_up_at_once() {
    let mut world = World::pair(2);
    let (a, b) = world.confirmed(1);
    world.command(A, a, LegCommand::End);
    world.command(B, b, LegCommand::End);
    world.run_out();
    assert_eq!(world.sent_with("BYE").len(), 2);
    assert_eq!(world.sent_with("481").len(), 0);
    assert!(!world.ending(A, a).by_peer);
    assert!(!world.ending(B, b).by_peer);
    world.assert_empty();
}
