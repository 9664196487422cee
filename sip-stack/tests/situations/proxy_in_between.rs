//! A proxy that stays in the way: answers go back by Via, our requests by its Record-Route (RFC 3261 12, 16.12).

use call_model::{LegCommand, LegEvent};

use crate::support::{A, World, address, config_at, ms, request, response, sdp, secs, trunk_at};

const PROXY: &str = "192.0.2.9:5060";
const US: &str = "192.0.2.1:5060";

fn world() -> World {
    let mut world = World::new(1);
    let mut config = config_at(address(US));
    config.trunks = vec![trunk_at("peer", address(PROXY))];
    world.add(config, 1);
    world
}

#[test]
fn a_call_that_came_through_a_proxy() {
    let mut world = world();
    let text = request("INVITE", address(PROXY), 1, "Record-Route: <sip:192.0.2.10:5070;lr>\r\n", "")
        .replace("Max-Forwards: 70", "Via: SIP/2.0/UDP 10.1.1.1:5060;branch=z9hG4bKbehind\r\nMax-Forwards: 70")
        .replace("Contact: <sip:stranger@192.0.2.9:5060>", "Contact: <sip:stranger@203.0.113.50:5062>");
    world.send_raw(address(PROXY), address(US), &text);
    world.run_for(ms(20));
    let leg = world.last_invite(A);
    world.command(A, leg, LegCommand::Answer { sdp: sdp("answer") });
    world.run_for(secs(2));
    let answers = world.take_strangers();
    assert!(answers.len() >= 2);
    for answer in &answers {
        assert_eq!(answer.to, address(PROXY), "every 200 goes back by Via");
        assert_eq!(answer.response().headers.vias().unwrap().len(), 2);
        assert_eq!(answer.response().headers.get("Record-Route"), Some("<sip:192.0.2.10:5070;lr>"));
    }
    let to = answers[0].response().headers.get("To").unwrap().to_owned();
    let ack = request("ACK", address(PROXY), 1, "", "").replace("To: <sip:100@192.0.2.1>", &format!("To: {to}"));
    world.send_raw(address(PROXY), address(US), &ack);
    world.run_for(ms(20));
    assert_eq!(world.events(A, leg), [LegEvent::Answered { sdp: None }]);
    world.command(A, leg, LegCommand::End);
    world.run_for(ms(20));
    let bye = world.take_stranger();
    assert_eq!(bye.to, address("192.0.2.10:5070"));
    assert_eq!(bye.request().uri.to_string(), "sip:stranger@203.0.113.50:5062");
    assert_eq!(bye.request().headers.get("Route"), Some("<sip:192.0.2.10:5070;lr>"));
}

#[test]
fn a_call_of_ours_through_two_proxies() {
    let mut world = world();
    let leg = world.call(1, Some(sdp("offer")));
    world.run_for(ms(20));
    let invite = world.take_stranger();
    let mut ok = response(&invite, 200, "x", Some(sdp("answer")));
    ok.headers.push("Record-Route", "<sip:192.0.2.30;lr>, <sip:192.0.2.20:5080;lr>").unwrap();
    ok.headers.set("Contact", "<sip:phone@203.0.113.51>").unwrap();
    world.reply(&invite, &ok);
    world.run_for(ms(20));
    let ack = world.take_stranger();
    assert_eq!(ack.to, address("192.0.2.20:5080"), "the nearest proxy is the last in Record-Route");
    let routes: Vec<String> = ack.request().headers.routes().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(routes, ["<sip:192.0.2.20:5080;lr>", "<sip:192.0.2.30;lr>"]);
    assert_eq!(world.events(A, leg), [LegEvent::Answered { sdp: Some(sdp("answer")) }]);
}
