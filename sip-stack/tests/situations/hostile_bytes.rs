//! Spoilt and made-up bytes, before, within and after calls: no panic, and nothing is left.

use call_model::LegCommand;
use proptest::prelude::*;

use crate::support::{A, Packet, World, address, config_at, ms, request, sdp, trunk_at};

const PEER: &str = "192.0.2.9:5060";
const US: &str = "192.0.2.1:5060";

/// Places and bytes to put there; bytes of the grammar are likelier.
fn spoilers() -> impl Strategy<Value = Vec<(u16, u8)>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"\r\n\0 ,;:<>\"@=%?\\".to_vec())];
    prop::collection::vec((any::<u16>(), byte), 0..12)
}

fn spoil(text: &str, spoilers: &[(u16, u8)], cut: Option<u16>) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, byte) in spoilers {
        let at = usize::from(*at) % bytes.len();
        bytes[at] = *byte;
    }
    if let Some(cut) = cut {
        bytes.truncate(usize::from(cut) % bytes.len());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_endpoint_survives(
        messages in prop::collection::vec((0usize..7, spoilers(), prop::option::weighted(0.1, any::<u16>())), 1..20),
        answer: bool,
    ) {
        let mut world = World::new(1);
        let mut config = config_at(address(US));
        config.trunks = vec![trunk_at("peer", address(PEER))];
        world.add(config, 1);
        let ours = world.call(1, Some(sdp("offer")));
        world.run_for(ms(20));
        let invite = world.take_strangers().pop().unwrap();
        let mut to = "<sip:100@192.0.2.1>".to_owned();
        for (number, (kind, spoilers, cut)) in messages.into_iter().enumerate() {
            let more = "Content-Type: application/sdp\r\nRecord-Route: <sip:p;lr>\r\nUser-Agent: \"x\"\r\n";
            let text = match kind {
                0 | 1 => request("INVITE", address(PEER), number as u32 + 1, more, "v=0\r\n"),
                2 => request("ACK", address(PEER), number as u32, "", ""),
                3 => request("BYE", address(PEER), 500 + number as u32, "", ""),
                4 => request("REGISTER", address(PEER), number as u32, "Path: <sip:p;lr>\r\n", ""),
                5 => request("CANCEL", address(PEER), number as u32, "", ""),
                _ => String::from_utf8_lossy(&crate::support::response(&invite, 200, "t", Some(sdp("x"))).to_bytes())
                    .into_owned(),
            };
            let text = text.replace("To: <sip:100@192.0.2.1>\r\n", &format!("To: {to}\r\n"));
            let bytes = spoil(&text, &spoilers, cut);
            world.send(Packet { from: address(PEER), to: address(US), bytes });
            world.run_for(ms(30));
            if let Some((leg, _)) = world.sides[A].invites.last() {
                let (leg, now) = (*leg, world.now);
                if answer {
                    let _ = world.sides[A].endpoint.command(leg, LegCommand::Answer { sdp: sdp("answer") }, now);
                    world.flush(A);
                    world.run_for(ms(10));
                }
            }
            for packet in world.take_strangers() {
                let text = packet.text();
                if let Some(tagged) = text.lines().find(|line| line.starts_with("To: <sip:100@192.0.2.1>;tag=")) {
                    to = tagged["To: ".len()..].to_owned();
                }
            }
        }
        let now = world.now;
        world.sides[A].endpoint.end_all(now);
        world.flush(A);
        world.run_out();
        world.ending(A, ours);
        for (leg, _) in world.sides[A].invites.clone() {
            world.ending(A, leg);
        }
        world.assert_empty();
    }
}
