//! A telephone behind a relay that rewrites its addresses as NAT does: it registers, is called, and calls.

use call_model::{AgentId, LegCommand, LegEvent};
use sip_stack::{Output, Source, Target};

use crate::support::{A, B, World, address, ms, sdp, secs};
use crate::trunk_registration_refresh::registering;

/// B sits at 192.0.2.2 inside and is seen at another address and port.
fn behind_nat() -> World {
    let mut world = registering(1, "geheim");
    world.nat = Some((address("192.0.2.2:5060"), address("203.0.113.77:40123")));
    // A must not know B by its address.
    world.run_for(secs(40));
    assert!(world.sides[A].outputs.iter().any(|output| matches!(output, Output::Registered { .. })));
    world
}

#[test]
fn it_is_called_and_either_side_hangs_up() {
    let mut world = behind_nat();
    for (leg, hangs_up) in [(1, A), (2, B)] {
        let a = world.call_to(A, leg, Target::Agent(AgentId::new("anna")), Some(sdp("offer")));
        world.run_for(ms(50));
        let b = world.last_invite(B);
        world.command(B, b, LegCommand::Ring { sdp: None });
        world.command(B, b, LegCommand::Answer { sdp: sdp("answer") });
        world.run_for(ms(50));
        assert_eq!(world.events(A, a).last(), Some(&LegEvent::Answered { sdp: Some(sdp("answer")) }));
        assert_eq!(world.events(B, b).last(), Some(&LegEvent::Answered { sdp: None }));
        world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
        world.run_for(ms(50));
        world.command(B, b, LegCommand::AcceptChange { sdp: sdp("held") });
        world.run_for(ms(50));
        assert_eq!(world.events(A, a).last(), Some(&LegEvent::ChangeAnswered { result: Ok(sdp("held")) }));
        world.command(hangs_up, if hangs_up == A { a } else { b }, LegCommand::End);
        world.run_for(secs(1));
        assert_eq!(world.ending(A, a).by_peer, hangs_up == B);
        assert_eq!(world.ending(B, b).by_peer, hangs_up == A);
    }
}

#[test]
fn it_calls_with_its_password() {
    let mut world = behind_nat();
    let order = sip_stack::OutgoingInvite {
        to: Target::Trunk { name: "peer".to_owned(), user: "200".to_owned() },
        from_user: Some("anna".to_owned()),
        display: None,
        headers: vec![],
        sdp: Some(sdp("offer")),
        call_id: None,
        ring_time: secs(20),
    };
    let b = world.order(B, 5, order);
    world.run_for(ms(50));
    let (a, invite) = world.sides[A].invites[0].clone();
    assert_eq!(invite.source, Source::Agent(AgentId::new("anna")));
    world.command(A, a, LegCommand::Answer { sdp: sdp("answer") });
    world.run_for(ms(50));
    assert_eq!(world.events(A, a).last(), Some(&LegEvent::Answered { sdp: None }));
    world.command(A, a, LegCommand::End);
    world.run_for(secs(1));
    assert!(world.ending(B, b).by_peer);
}
