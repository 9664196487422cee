//! Changes of the media in a confirmed dialog (RFC 3261 14).

use call_model::{Cause, LegCommand, LegEvent};

use crate::support::{A, B, World, address, ms, request, response, sdp, secs};

#[test]
fn either_side_changes_the_media() {
    let mut world = World::pair(1);
    let (a, b) = world.confirmed(1);
    for (from, leg, to, peer) in [(A, a, B, b), (B, b, A, a), (A, a, B, b)] {
        world.command(from, leg, LegCommand::Change { sdp: sdp("hold") });
        world.run_for(ms(50));
        assert_eq!(world.events(to, peer).last(), Some(&LegEvent::ChangeOffered { sdp: Some(sdp("hold")) }));
        world.command(to, peer, LegCommand::AcceptChange { sdp: sdp("held") });
        world.run_for(ms(50));
        assert_eq!(world.events(from, leg).last(), Some(&LegEvent::ChangeAnswered { result: Ok(sdp("held")) }));
    }
    world.command(A, a, LegCommand::End);
    world.run_out();
    world.ending(B, b);
    world.assert_empty();
}

#[test]
fn a_refused_change_leaves_the_call_as_it_was() {
    let mut world = World::pair(2);
    let (a, b) = world.confirmed(1);
    world.command(A, a, LegCommand::Change { sdp: sdp("video") });
    world.run_for(ms(50));
    world.command(B, b, LegCommand::RefuseChange { status: 488 });
    world.run_for(ms(50));
    assert_eq!(world.events(A, a).last(), Some(&LegEvent::ChangeAnswered { result: Err(488) }));
    assert_eq!(world.sides[A].endpoint.stats().legs, 1);
}

#[test]
fn a_call_that_forgets_to_answer_a_change_does_not_hang() {
    let mut world = World::pair(3);
    let (a, _) = world.confirmed(1);
    world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
    world.run_for(secs(12));
    assert_eq!(world.events(A, a).last(), Some(&LegEvent::ChangeAnswered { result: Err(500) }));
}

#[test]
fn a_second_change_at_once_is_told_491() {
    let mut world = World::pair(4);
    let (a, _) = world.confirmed(1);
    world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
    world.command(A, a, LegCommand::Change { sdp: sdp("resume") });
    assert_eq!(world.events(A, a).last(), Some(&LegEvent::ChangeAnswered { result: Err(491) }));
}

#[test]
fn a_lost_dialog_ends_the_leg() {
    let mut world = World::pair(5);
    let (a, _) = world.confirmed(1);
    world.filters.push(Box::new(|packet| packet.is("INVITE")));
    world.command(A, a, LegCommand::Change { sdp: sdp("hold") });
    world.run_out();
    assert_eq!(world.ending(A, a).cause, Cause::Unreachable);
    world.assert_empty();
}

#[test]
fn a_reinvite_without_sdp_asks_for_our_offer() {
    let mut world = World::pair_with(6, |side, config| {
        if side == A {
            config.trunks[0].allowed = vec!["192.0.2.9".parse().unwrap()];
        }
    });
    let (peer, us) = (address("192.0.2.9:5060"), address("192.0.2.1:5060"));
    world.send_raw(peer, us, &request("INVITE", peer, 1, "Content-Type: application/sdp\r\n", "v=0\r\n"));
    world.run_for(ms(20));
    let leg = world.last_invite(A);
    world.command(A, leg, LegCommand::Answer { sdp: sdp("answer") });
    world.run_for(ms(20));
    let answer = world.take_strangers().pop().unwrap().response();
    let in_dialog = |method: &str, number: u32, more: &str, body: &str| {
        request(method, peer, number, more, body)
            .replace("To: <sip:100@192.0.2.1>", &format!("To: {}", answer.headers.get("To").unwrap()))
    };
    world.send_raw(peer, us, &in_dialog("ACK", 1, "", ""));
    world.send_raw(peer, us, &in_dialog("INVITE", 2, "", ""));
    world.run_for(ms(20));
    assert_eq!(world.events(A, leg).last(), Some(&LegEvent::ChangeOffered { sdp: None }));
    world.command(A, leg, LegCommand::AcceptChange { sdp: sdp("our offer") });
    world.run_for(ms(20));
    let offered = world.take_strangers().pop().unwrap().response();
    assert_eq!(offered.body, sdp("our offer"));
    world.send_raw(peer, us, &in_dialog("ACK", 2, "Content-Type: application/sdp\r\n", "v=0\r\ns=theirs\r\n"));
    world.run_for(ms(20));
    assert_eq!(world.events(A, leg).last(), Some(&LegEvent::ChangeAnswered { result: Ok(sdp("theirs")) }));
    world.command(A, leg, LegCommand::End);
    world.run_for(ms(20));
    let bye = world.take_strangers().pop().unwrap();
    assert!(bye.is("BYE"));
    world.reply(&bye, &response(&bye, 200, "x", None));
    world.run_out();
    world.assert_empty();
}
