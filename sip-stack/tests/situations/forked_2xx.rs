//! A proxy forked our INVITE and two telephones answered: the first one has the call (RFC 3261 13.2.2.4).

use call_model::{LegCommand, LegEvent};

use crate::support::{A, World, address, config_at, ms, response, sdp, secs, trunk_at};

#[test]
fn the_second_answer_is_acknowledged_and_ended() {
    let mut world = World::new(1);
    let peer = address("192.0.2.9:5060");
    let mut config = config_at(address("192.0.2.1:5060"));
    config.trunks = vec![trunk_at("peer", peer)];
    world.add(config, 1);
    let leg = world.call(1, Some(sdp("offer")));
    world.run_for(ms(10));
    let invite = world.take_stranger();
    for tag in ["one", "two"] {
        world.reply(&invite, &response(&invite, 180, tag, None));
    }
    world.reply(&invite, &response(&invite, 200, "two", Some(sdp("second telephone"))));
    world.run_for(ms(10));
    let ack = world.take_stranger();
    assert!(ack.is("ACK"));
    assert_eq!(ack.request().to().unwrap().tag(), Some("two"));
    world.reply(&invite, &response(&invite, 200, "one", Some(sdp("first telephone"))));
    world.run_for(ms(10));
    let arrived = world.take_strangers();
    assert!(arrived[0].is("ACK") && arrived[1].is("BYE"), "{arrived:?}");
    for packet in &arrived {
        assert_eq!(packet.request().to().unwrap().tag(), Some("one"));
    }
    world.reply(&arrived[1], &response(&arrived[1], 200, "one", None));
    // Both repeat their answers; each gets its ACK again and nothing else.
    for tag in ["one", "two"] {
        world.reply(&invite, &response(&invite, 200, tag, Some(sdp("again"))));
    }
    world.run_for(ms(10));
    let arrived = world.take_strangers();
    assert_eq!(arrived.len(), 2);
    assert!(arrived.iter().all(|packet| packet.is("ACK")));
    assert_eq!(
        world.events(A, leg),
        [LegEvent::Ringing { sdp: None }, LegEvent::Answered { sdp: Some(sdp("second telephone")) }]
    );
    world.command(A, leg, LegCommand::End);
    world.run_for(ms(10));
    let bye = world.take_stranger();
    assert_eq!(bye.request().to().unwrap().tag(), Some("two"));
    world.reply(&bye, &response(&bye, 200, "two", None));
    world.run_for(secs(60));
    world.ending(A, leg);
    world.assert_empty();
}
