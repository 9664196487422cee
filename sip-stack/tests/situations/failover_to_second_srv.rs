//! A trunk with two servers by SRV: when the first fails, the second has the call (RFC 3263 4.3).

use call_model::{Cause, LegId};
use sip_stack::{Answer, Endpoint, Flow, Output, Query, ResolveId, SrvRecord, TrunkConfig};

use crate::support::{A, Packet, UDP, World, address, config_at, ms, response, sdp, secs};

const FIRST: &str = "192.0.2.11:5070";
const SECOND: &str = "192.0.2.12:5080";

fn answer(query: &Query) -> Answer {
    let srv = |priority, port, target: &str| SrvRecord { priority, weight: 0, port, target: target.to_owned() };
    match query {
        Query::Srv(name) if name == "_sip._udp.carrier.example" => {
            Answer::Srv(vec![srv(20, 5080, "two.carrier.example"), srv(10, 5070, "one.carrier.example")])
        }
        Query::A(name) if name == "one.carrier.example" => Answer::Addresses(vec!["192.0.2.11".parse().unwrap()]),
        Query::A(name) if name == "two.carrier.example" => Answer::Addresses(vec!["192.0.2.12".parse().unwrap()]),
        _ => Answer::NotFound,
    }
}

/// Answers what the endpoint asks of the domain name system, until it asks no more.
fn resolve(world: &mut World) {
    loop {
        let questions: Vec<(ResolveId, Query)> = std::mem::take(&mut world.sides[A].outputs)
            .into_iter()
            .filter_map(|output| match output {
                Output::Resolve { id, query } => Some((id, query)),
                _ => None,
            })
            .collect();
        if questions.is_empty() {
            return;
        }
        for (id, query) in questions {
            let now = world.now;
            world.sides[A].endpoint.handle_resolved(id, answer(&query), now);
            world.flush(A);
        }
    }
}

fn world() -> (World, LegId, Packet) {
    let mut world = World::new(1);
    let mut config = config_at(address("192.0.2.1:5060"));
    config.trunks = vec![TrunkConfig::new("peer", "carrier.example")];
    world.add(config, 1);
    let leg = world.call(1, Some(sdp("offer")));
    assert_eq!(world.sides[A].endpoint.stats().questions, 1);
    resolve(&mut world);
    world.run_for(ms(20));
    let invite = world.take_stranger();
    assert_eq!(invite.to, address(FIRST));
    assert_eq!(invite.request().uri.to_string(), "sip:100@carrier.example");
    (world, leg, invite)
}

fn next_invite(world: &mut World) -> Packet {
    resolve(world);
    world.run_for(ms(20));
    let invite = world.take_strangers().into_iter().find(|packet| packet.is("INVITE")).expect("a second INVITE");
    assert_eq!(invite.to, address(SECOND));
    invite
}

#[test]
fn after_a_503() {
    let (mut world, leg, invite) = world();
    world.reply(&invite, &response(&invite, 503, "x", None));
    world.run_for(ms(20));
    let second = next_invite(&mut world);
    world.reply(&second, &response(&second, 486, "x", None));
    world.run_out();
    assert_eq!(world.ending(A, leg).cause, Cause::Busy);
    world.assert_empty();
}

#[test]
fn after_silence() {
    let (mut world, leg, invite) = world();
    world.run_for(secs(29));
    assert!(world.take_strangers().iter().all(|packet| packet.to == address(FIRST)));
    let before = invite.request().top_via().unwrap().branch().map(ToOwned::to_owned);
    // The ring time is over before the first address is given up.
    world.run_out();
    assert_eq!(world.ending(A, leg).cause, Cause::Unreachable);
    assert!(before.is_some());
    world.assert_empty();
}

#[test]
fn after_an_error_of_the_transport() {
    let (mut world, leg, _) = world();
    let now = world.now;
    world.sides[A].endpoint.handle_transport_error(Flow::udp(UDP, address(FIRST)), now);
    world.flush(A);
    let second = next_invite(&mut world);
    world.reply(&second, &response(&second, 404, "x", None));
    world.run_out();
    assert_eq!(world.ending(A, leg).cause, Cause::InvalidNumber);
    world.assert_empty();
}

#[test]
fn when_both_fail_the_last_reason_is_told() {
    let (mut world, leg, invite) = world();
    world.reply(&invite, &response(&invite, 503, "x", None));
    world.run_for(ms(20));
    let second = next_invite(&mut world);
    world.reply(&second, &response(&second, 503, "x", None));
    world.run_for(ms(20));
    resolve(&mut world);
    world.run_out();
    let ending = world.ending(A, leg);
    assert_eq!((ending.cause, ending.sip_status), (Cause::Overload, Some(503)));
    world.assert_empty();
}

#[test]
fn a_name_that_does_not_exist_is_unreachable() {
    let mut world = World::new(2);
    let mut config = config_at(address("192.0.2.1:5060"));
    config.trunks = vec![TrunkConfig::new("peer", "nowhere.example")];
    world.add(config, 1);
    let leg = world.call(1, None);
    resolve(&mut world);
    assert_eq!(world.ending(A, leg).cause, Cause::Unreachable);
    world.assert_empty();
    let _: &Endpoint = &world.sides[A].endpoint;
}
